// Which devices are chosen: by table, and on small nodes against every choice there is.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <map>

#include "publish/allocation.h"
#include "publish/testing/cut_gpu.h"

namespace septet::publish {
namespace {

using testing::cut;
using testing::whole_gpu;
using Ids = std::vector<std::string>;

Offer mixed(const mig::Node& node) {
  PluginConfig config;
  config.strategy = MigStrategy::kMixed;
  return offer(node, config);
}

Resource resource_of(const mig::Node& node, const char* name, unsigned replicas = 1) {
  PluginConfig config;
  config.strategy = MigStrategy::kMixed;
  if (replicas > 1) config.sharing = {SharingKind::kTimeSlicing, false, false, {{name, replicas}}};
  for (Resource& resource : offer(node, config).resources)
    if (resource.name == name) return resource;
  ADD_FAILURE() << "no " << name;
  return {};
}

Ids all_but(const Resource& resource, const Ids& taken) {
  Ids ids;
  for (const Device& device : resource.devices)
    if (std::ranges::find(taken, device.id) == taken.end()) ids.push_back(device.id);
  return ids;
}

std::string choice(const mig::Node& node, const Resource& resource, const Ids& taken,
                   const Ids& must, unsigned size,
                   SharedPolicy policy = SharedPolicy::kDistributed) {
  const Ids available = all_but(resource, taken);
  const auto chosen = preferred(node, resource, available, must, size, policy);
  if (!chosen) return chosen.error().what;
  Ids backwards(available.rbegin(), available.rend());  // kubelet's order is a map's
  EXPECT_EQ(preferred(node, resource, backwards, must, size, policy).value(), *chosen);
  EXPECT_EQ(chosen->size(), size);
  return fmt::format("{}", fmt::join(*chosen, " "));
}

TEST(Preferred, ASliceIsTakenWhereTheLeastIsLost) {
  const mig::Node node = testing::sevenths(2);
  const Resource seventh = resource_of(node, "nvidia.com/mig-1g.10gb");
  // Of a free GPU the seventh place: 4g and 3g at the front, three 2g stay possible.
  EXPECT_EQ(choice(node, seventh, {}, {}, 1), "MIG-0-7-0");
  // Of the GPU that is begun, and of the half and the quarter that are.
  EXPECT_EQ(choice(node, seventh, {"MIG-1-1-0"}, {}, 1), "MIG-1-2-0");
  EXPECT_EQ(choice(node, seventh, {"MIG-1-5-0"}, {}, 1), "MIG-1-6-0");
  EXPECT_EQ(choice(node, seventh, {"MIG-1-7-0", "MIG-1-6-0"}, {}, 1), "MIG-1-5-0");
}

TEST(Preferred, SeveralSlicesAreOnOneGpuIfTheyCanBe) {
  const mig::Node node = testing::sevenths(2);
  const Resource seventh = resource_of(node, "nvidia.com/mig-1g.10gb");
  const Ids begun = {"MIG-0-1-0", "MIG-0-2-0", "MIG-0-3-0", "MIG-0-4-0", "MIG-0-5-0"};
  EXPECT_EQ(choice(node, seventh, begun, {}, 2), "MIG-0-6-0 MIG-0-7-0");
  EXPECT_EQ(choice(node, seventh, begun, {}, 3), "MIG-1-5-0 MIG-1-6-0 MIG-1-7-0");
  EXPECT_EQ(choice(node, seventh, begun, {"MIG-0-6-0"}, 2), "MIG-0-6-0 MIG-0-7-0");
  EXPECT_EQ(choice(node, seventh, begun, {"MIG-1-1-0"}, 2), "MIG-1-1-0 MIG-1-2-0");
  EXPECT_EQ(choice(node, seventh, begun, {"MIG-1-7-0"}, 3), "MIG-1-7-0 MIG-1-5-0 MIG-1-6-0");
}

TEST(Preferred, OtherProfilesCountAsTaken) {
  mig::Node node;
  node.gpus = {whole_gpu(0), whole_gpu(1)};
  for (std::uint8_t start = 0; start < 7; ++start) cut(node.gpus[0], "1g.10gb", start);
  cut(node.gpus[1], "3g.40gb", 4);
  for (std::uint8_t start = 0; start < 4; ++start) cut(node.gpus[1], "1g.10gb", start);
  const Resource seventh = resource_of(node, "nvidia.com/mig-1g.10gb");
  EXPECT_EQ(choice(node, seventh, {}, {}, 1), "MIG-1-2-0");
}

TEST(Preferred, PartsOfOneInstanceStayTogether) {
  mig::Node node;
  node.gpus = {whole_gpu(0)};
  cut(node.gpus[0], "3g.40gb", 0, {1, 1, 1});
  cut(node.gpus[0], "3g.40gb", 4, {1, 1, 1});
  const Resource part = resource_of(node, "nvidia.com/mig-1c.3g.40gb");
  EXPECT_EQ(choice(node, part, {}, {}, 1), "MIG-0-2-0");  // 4g can only be at 0
  EXPECT_EQ(choice(node, part, {"MIG-0-2-0"}, {}, 2), "MIG-0-2-1 MIG-0-2-2");
  EXPECT_EQ(choice(node, part, {"MIG-0-1-1"}, {}, 2), "MIG-0-1-0 MIG-0-1-2");
}

TEST(Preferred, WholeGpusAreOnOneNumaNodeIfTheyCanBe) {
  mig::Node node;
  for (std::uint32_t i = 0; i < 8; ++i) node.gpus.push_back(whole_gpu(i));
  const Resource gpus = resource_of(node, "nvidia.com/gpu");
  const auto id = [](int i) { return fmt::format("GPU-{:08}", i); };
  EXPECT_EQ(choice(node, gpus, {}, {}, 2), id(0) + " " + id(1));
  EXPECT_EQ(choice(node, gpus, {id(4)}, {}, 2), id(5) + " " + id(6));  // the fuller half
  EXPECT_EQ(choice(node, gpus, {id(4)}, {}, 4),
            fmt::format("{} {} {} {}", id(0), id(1), id(2), id(3)));
  EXPECT_EQ(choice(node, gpus, {}, {id(6)}, 2), id(6) + " " + id(4));
  EXPECT_EQ(choice(node, gpus, {id(0), id(4), id(5), id(6)}, {}, 4),
            fmt::format("{} {} {} {}", id(1), id(2), id(3), id(7)));
}

TEST(Preferred, ReplicasBySharedPolicy) {
  mig::Node node;
  for (std::uint32_t i = 0; i < 3; ++i) node.gpus.push_back(whole_gpu(i));
  const Resource gpus = resource_of(node, "nvidia.com/gpu", 4);
  const auto id = [](int gpu, int replica) { return fmt::format("GPU-{:08}::{}", gpu, replica); };
  const Ids taken = {id(0, 0), id(0, 1), id(1, 2)};
  const auto by = [&](SharedPolicy policy, unsigned size, const Ids& must = {}) {
    return choice(node, gpus, taken, must, size, policy);
  };
  constexpr auto kSpread = SharedPolicy::kDistributed, kPack = SharedPolicy::kPacked;
  EXPECT_EQ(by(kSpread, 1), id(2, 0));
  EXPECT_EQ(by(kSpread, 3), fmt::format("{} {} {}", id(2, 0), id(1, 0), id(2, 1)));
  EXPECT_EQ(by(kSpread, 2, {id(2, 3)}), fmt::format("{} {}", id(2, 3), id(1, 0)));
  EXPECT_EQ(by(kPack, 1), id(0, 2));
  EXPECT_EQ(by(kPack, 3), fmt::format("{} {} {}", id(0, 2), id(0, 3), id(1, 0)));
}

TEST(Preferred, ReplicasOfUntouchedSlicesAreTakenWhereTheLeastIsLost) {
  const mig::Node node = testing::sevenths(2);
  const Resource seventh = resource_of(node, "nvidia.com/mig-1g.10gb", 2);
  EXPECT_EQ(choice(node, seventh, {}, {}, 1), "MIG-0-7-0::0");
  EXPECT_EQ(choice(node, seventh, {"MIG-1-1-0::0"}, {}, 1), "MIG-1-2-0::0");
  EXPECT_EQ(choice(node, seventh, {"MIG-1-1-0::0"}, {}, 1, SharedPolicy::kPacked), "MIG-1-1-0::1");
}

TEST(Preferred, QuestionsWithoutAnAnswerAreRefused) {
  const mig::Node node = testing::sevenths(1);
  const Resource seventh = resource_of(node, "nvidia.com/mig-1g.10gb");
  const auto refused = [&](const Ids& available, const Ids& must, unsigned size) {
    const auto chosen = preferred(node, seventh, available, must, size, SharedPolicy::kDistributed);
    if (chosen) return fmt::format("chose {}", fmt::join(*chosen, " "));
    EXPECT_EQ(chosen.error().code, Code::kInvalidArgument);
    return chosen.error().what;
  };
  EXPECT_TRUE(refused({"MIG-0-1-0"}, {}, 2).contains("2 are wanted, 1 are available"));
  EXPECT_TRUE(refused({"MIG-0-1-0", "MIG-0-1-0"}, {}, 2).contains("1 are available"));
  EXPECT_TRUE(refused({"MIG-7"}, {}, 1).contains("unknown device: \"MIG-7\""));
  EXPECT_TRUE(refused({"MIG-0-1-0"}, {"MIG-0-2-0"}, 1).contains("is not available"));
  EXPECT_TRUE(
      refused({"MIG-0-1-0", "MIG-0-2-0"}, {"MIG-0-1-0", "MIG-0-2-0"}, 1).contains("among 1"));
  EXPECT_EQ(refused({"MIG-0-1-0"}, {}, 0), "chose ");
  EXPECT_EQ(refused({"MIG-0-1-0"}, {"MIG-0-1-0", "MIG-0-1-0"}, 1), "chose MIG-0-1-0");
}

TEST(Preferred, ASnapshotWithoutTheGpuStillGivesAnAnswer) {
  const mig::Node node = testing::sevenths(1);
  EXPECT_EQ(choice({}, resource_of(node, "nvidia.com/mig-1g.10gb"), {}, {}, 2),
            "MIG-0-1-0 MIG-0-2-0");
  EXPECT_EQ(choice({}, resource_of(node, "nvidia.com/mig-1g.10gb", 2), {}, {}, 1), "MIG-0-1-0::0");
}

// ---- every choice -------------------------------------------------------------------------------
// By the words of preferred_slices.h, with no code of it: the places still open for each profile
// size, from the largest, of all GPUs together.
using Open = std::map<std::pair<unsigned, unsigned>, int, std::greater<>>;

Open open_places(const mig::Node& node, const Ids& given_up) {
  Open open;
  for (const mig::Gpu& gpu : node.gpus) {
    std::uint16_t taken = 0;
    for (const mig::GpuInstance& instance : gpu.instances)
      for (const mig::ComputeInstance& compute : instance.compute)
        if (std::ranges::find(given_up, compute.uuid) == given_up.end())
          taken |= instance.at.mask();
    for (const mig::GpuInstanceProfile& profile : gpu.geometry->geometry.profiles) {
      if (!profile.classic()) continue;
      int& here = open[{profile.size, profile.slices}];
      for (std::uint8_t start = 0; start < 8; ++start)
        here += profile.allows({start, profile.size}) &&
                (mig::Placement{start, profile.size}.mask() & taken) == 0;
    }
  }
  return open;
}

struct Rated {
  int gpus = 0;
  std::vector<int> open;
  bool better_than(const Rated& other) const {
    return gpus != other.gpus ? gpus < other.gpus : open > other.open;
  }
};
Rated rated(const mig::Node& node, const Resource& resource, const Ids& available,
            const Ids& chosen) {
  Ids left;
  for (const std::string& id : available)
    if (std::ranges::find(chosen, id) == chosen.end()) left.push_back(id);
  Rated rating;
  std::vector<std::uint32_t> gpus;
  for (const Device& device : resource.devices)
    if (std::ranges::find(chosen, device.id) != chosen.end() &&
        std::ranges::find(gpus, device.gpu) == gpus.end())
      gpus.push_back(device.gpu);
  rating.gpus = static_cast<int>(gpus.size());
  for (const auto& [size, count] : open_places(node, left)) rating.open.push_back(count);
  return rating;
}

// Sets of `size` that no other set of `size` beats are what must come out.
void check_against_every_choice(const mig::Node& node, const Resource& resource,
                                const Ids& available, unsigned size) {
  const auto chosen = preferred(node, resource, available, {}, size, SharedPolicy::kDistributed);
  ASSERT_TRUE(chosen) << chosen.error().describe();
  const Rated ours = rated(node, resource, available, *chosen);
  for (unsigned set = 0; set < (1u << available.size()); ++set) {
    if (std::popcount(set) != static_cast<int>(size)) continue;
    Ids other;
    for (std::size_t i = 0; i < available.size(); ++i)
      if (((set >> i) & 1u) != 0) other.push_back(available[i]);
    ASSERT_FALSE(rated(node, resource, available, other).better_than(ours))
        << fmt::format("{} beats {}", fmt::join(other, " "), fmt::join(*chosen, " "));
  }
}

// Every layout of one A30 beside one fixed one, each resource, each size; some slices are taken.
TEST(PreferredSweep, NoChoiceOnTwoSmallGpusIsBetter) {
  const mig::Product& product = *mig::find_product("a30-24gb");
  unsigned checked = 0;
  mig::visit_layouts(
      product.geometry, [](const auto& profile) { return profile.classic(); },
      [&](const mig::Layout& layout) {
        mig::Node node;
        node.gpus = {whole_gpu(0, "a30-24gb"), whole_gpu(1, "a30-24gb")};
        for (const mig::Instance& one : layout.instances())
          cut(node.gpus[0], *one.profile, one.at.start);
        cut(node.gpus[1], "2g.12gb", 0);
        cut(node.gpus[1], "1g.6gb", 2);
        cut(node.gpus[1], "1g.6gb", 3);
        for (const Resource& resource : mixed(node).resources) {
          if (resource.name == "nvidia.com/gpu") continue;
          for (std::size_t taken = 0; taken <= resource.devices.size(); ++taken) {
            Ids held;
            if (taken < resource.devices.size()) held.push_back(resource.devices[taken].id);
            const Ids available = all_but(resource, held);
            for (unsigned size = 1; size <= available.size(); ++size, ++checked)
              check_against_every_choice(node, resource, available, size);
          }
        }
      });
  EXPECT_GT(checked, 100u);
}

// Every layout of one H100 of the classic profiles, with whatever subset of one profile is free.
TEST(PreferredSweep, NoChoiceOnOneLargeGpuIsBetter) {
  const mig::Product& product = *mig::find_product("h100-sxm5-80gb");
  unsigned checked = 0;
  mig::visit_layouts(
      product.geometry, [](const auto& profile) { return profile.classic(); },
      [&](const mig::Layout& layout) {
        if (layout.instances().empty()) return;
        mig::Node node;
        node.gpus = {whole_gpu(0)};
        for (const mig::Instance& one : layout.instances())
          cut(node.gpus[0], *one.profile, one.at.start);
        for (const Resource& resource : mixed(node).resources) {
          for (unsigned free = 1; free < (1u << resource.devices.size()); ++free) {
            Ids available;
            for (std::size_t i = 0; i < resource.devices.size(); ++i)
              if (((free >> i) & 1u) != 0) available.push_back(resource.devices[i].id);
            const unsigned size = 1 + checked++ % static_cast<unsigned>(available.size());
            check_against_every_choice(node, resource, available, size);
          }
        }
      });
  EXPECT_GT(checked, 1000u);
}

}  // namespace
}  // namespace septet::publish
