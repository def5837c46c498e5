#include "watch/faults.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "watch/testing/node_of.h"

namespace septet::watch {

namespace {

using testing::node_of;
using testing::state_of;
namespace sim = testing::sim;

driver::Event xid(const mig::Node& node, std::uint64_t number, std::uint32_t gpu = 0,
                  std::optional<std::uint32_t> instance = {}) {
  return {driver::EventKind::kXid, node.gpus.at(gpu).uuid, number, instance, instance};
}

// Starts of the instances, per GPU, that are ill: "0@4 1@0".
std::string ill(const Faults& faults, const mig::Node& node) {
  std::set<std::string> names;
  for (const mig::Gpu& gpu : node.gpus) {
    for (const mig::GpuInstance& instance : gpu.instances) {
      publish::Device device;
      device.gpu = gpu.index;
      device.gpu_instance = instance.id;
      if (faults.problem_of(device, node))
        names.insert(fmt::format("{}@{}", gpu.index, instance.at.start));
    }
  }
  return fmt::format("{}", fmt::join(names, " "));
}

std::uint32_t id_at(const mig::Node& node, unsigned start) {
  for (const mig::GpuInstance& instance : node.gpus[0].instances) {
    if (instance.at.start == start) return instance.id;
  }
  return 99;
}

const std::vector<const char*> kTwo = {"1g.10gb@0 1g.10gb@1 !3g.40gb@4", "1g.10gb@0"};

struct Reach {
  std::uint64_t xid;
  bool on_instance;
  const char* ill;
};

class FaultReach : public ::testing::TestWithParam<Reach> {};

TEST_P(FaultReach, AsFarAsTheXidSays) {
  const mig::Node node = node_of(kTwo);
  Faults faults{{}};
  const auto instance =
      GetParam().on_instance ? std::optional(id_at(node, 1)) : std::optional<std::uint32_t>();
  faults.happened(xid(node, GetParam().xid, 0, instance), 1);
  EXPECT_EQ(ill(faults, node), GetParam().ill);
}

INSTANTIATE_TEST_SUITE_P(
    Xids, FaultReach,
    ::testing::Values(Reach{94, true, "0@1"}, Reach{94, false, "0@0 0@1 0@4"},
                      Reach{63, true, "0@1"}, Reach{48, true, "0@0 0@1 0@4"},
                      Reach{79, false, "0@0 0@1 0@4"}, Reach{95, true, "0@0 0@1 0@4"},
                      Reach{13, true, ""}, Reach{31, true, ""}, Reach{43, true, ""},
                      Reach{45, true, ""}, Reach{68, false, ""}, Reach{109, false, ""}),
    [](const auto& one) {
      return fmt::format("Xid{}{}", one.param.xid, one.param.on_instance ? "Instance" : "Gpu");
    });

TEST(Faults, AnInstanceIsWellAgainWhenItsProcessesAreGoneAndItIsQuiet) {
  sim::NodeState state = state_of(kTwo);
  const mig::Node busy = node_of(state);
  Faults faults{{}};
  faults.happened(xid(busy, 94, 0, id_at(busy, 4)), 100);
  faults.seen(busy, 101);
  EXPECT_EQ(faults.news().size(), 1u);
  faults.seen(busy, 200);
  EXPECT_EQ(ill(faults, busy), "0@4") << "who met the fault still runs";
  ASSERT_EQ(sim::detach_process(state, 4000), sim::Status::kSuccess);
  const mig::Node idle = node_of(state);
  faults.seen(idle, 129);
  EXPECT_EQ(ill(faults, idle), "0@4") << "29 seconds are not 30";
  faults.seen(idle, 130);
  EXPECT_EQ(ill(faults, idle), "");
  const auto news = faults.news();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_TRUE(news[0].healthy);
}

TEST(Faults, ANewInstanceAtTheSamePlaceIsWell) {
  sim::NodeState state = state_of(kTwo);
  const mig::Node before = node_of(state);
  const std::uint32_t id = id_at(before, 1);
  Faults faults{{}};
  faults.happened(xid(before, 94, 0, id), 100);
  faults.seen(before, 101);
  ASSERT_EQ(sim::destroy_compute_instance(state, 0, id, 0), sim::Status::kSuccess);
  ASSERT_EQ(sim::destroy_gpu_instance(state, 0, id), sim::Status::kSuccess);
  faults.seen(node_of(state), 102);
  EXPECT_TRUE(faults.faults().empty());
}

TEST(Faults, SomeAreCuredByAResetOnly) {
  sim::NodeState state = state_of(kTwo);
  const mig::Node before = node_of(state);
  Faults faults{{}};
  faults.happened(xid(before, 95), 100);
  faults.seen(before, 101);
  faults.seen(before, 10'000);
  EXPECT_EQ(ill(faults, before), "0@0 0@1 0@4") << "time does not heal Xid 95";
  mig::Node away = before;
  away.gpus[0].problem = "GPU is lost";
  faults.seen(away, 10'001);
  EXPECT_EQ(ill(faults, away), "0@0 0@1 0@4");
  faults.seen(before, 10'002);
  EXPECT_EQ(ill(faults, before), "") << "it was away and came back";
}

TEST(Faults, ADriverRestartEndsThem) {
  const mig::Node node = node_of(kTwo);
  Faults faults{{}};
  faults.happened(xid(node, 119), 100);
  faults.seen(node, 101);
  faults.driver_restarted();
  faults.seen(node, 102);
  EXPECT_EQ(ill(faults, node), "");
}

TEST(Faults, ALostGpuIsIllUntilItAnswers) {
  mig::Node node = node_of(kTwo);
  Faults faults{{}};
  node.gpus[1].problem = "GPU is lost";
  faults.seen(node, 1);
  faults.seen(node, 2);
  auto news = faults.news();
  ASSERT_EQ(news.size(), 1u) << "said once";
  EXPECT_EQ(ill(faults, node), "1@0");
  node.gpus[1].problem.reset();
  faults.seen(node, 3);
  news = faults.news();
  ASSERT_EQ(news.size(), 1u);
  EXPECT_TRUE(news[0].healthy);
}

TEST(Faults, IllDevicesAreNamedByUuidAndAGpuOnlyForItsOwn) {
  mig::Node node = node_of(kTwo);
  Faults faults{{}};
  const auto& instance = node.gpus[0].instances.at(0);
  faults.happened(xid(node, 94, 0, instance.id), 100);
  faults.seen(node, 101);
  auto ill = ill_devices(faults, node);
  ASSERT_EQ(ill.size(), 1u) << "the GPU itself is well";
  EXPECT_EQ(ill.at(instance.compute.at(0).uuid), "Xid 94");
  faults.happened(xid(node, 79, 1), 102);
  node.gpus[1].problem = "GPU is lost";
  faults.seen(node, 103);
  ill = ill_devices(faults, node);
  EXPECT_EQ(ill.at(node.gpus[1].uuid), "GPU is lost");
}

TEST(FaultPolicy, ReadsTheIncumbentsVariables) {
  EXPECT_FALSE(fault_policy("all", {})->watch);
  EXPECT_FALSE(fault_policy("xids", {})->counts(94));
  EXPECT_TRUE(fault_policy("all", "94")->counts(94));
  EXPECT_FALSE(fault_policy("all", "94")->counts(95));
  EXPECT_FALSE(fault_policy(" 94 , 95", {})->counts(95));
  EXPECT_TRUE(fault_policy({}, "13")->counts(13));
  EXPECT_TRUE(fault_policy({}, "all")->counts(31));
  EXPECT_TRUE(fault_policy("", "")->counts(94));
  for (const char* const wrong : {"94x", "-1", "ninety", "99999999999999999999999"}) {
    const auto policy = fault_policy(wrong, {});
    ASSERT_FALSE(policy) << wrong;
    EXPECT_EQ(policy.error().code, Code::kInvalidArgument);
  }
}

}  // namespace

}  // namespace septet::watch
