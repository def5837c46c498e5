#include "plan/diff.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plan/testing/layout_as_gpu.h"

namespace septet::plan {
namespace {

using mig::MigMode;
using mig::Virtualization;

mig::Gpu gpu_of(const char* product, const mig::Layout& layout) {
  return testing::layout_as_gpu(*mig::find_product(product), layout);
}

GpuCut target_of(const mig::Layout& layout) {
  GpuCut target{0, "GPU-0", MigMode::kOn, MigMode::kOn, {}};
  for (const mig::Instance& instance : layout.instances()) {
    target.instances.push_back(whole_instance(*instance.profile, instance.at));
  }
  return target;
}

mig::Layout layout(const char* product,
                   const std::vector<std::pair<const char*, std::uint8_t>>& places) {
  const mig::Geometry& geometry = mig::find_product(product)->geometry;
  std::vector<mig::Instance> instances;
  for (const auto& [name, start] : places) {
    const auto* const profile = geometry.find_name(name);
    instances.push_back({profile, {start, profile->size}});
  }
  return mig::Layout::make(geometry, std::move(instances)).value();
}

std::string text(const mig::Gpu& gpu, const GpuCut& target) {
  Plan plan;
  plan.steps = diff(gpu, target);
  return to_string(plan);
}

constexpr const char* kA100 = "a100-80gb";
constexpr const char* kH100 = "h100-sxm5-80gb";

TEST(Diff, KeepsWhatIsThereAndDestroysFirst) {
  const auto gpu = gpu_of(kH100, layout(kH100, {{"3g.40gb", 0}, {"3g.40gb", 4}}));
  const auto target = target_of(layout(kH100, {{"3g.40gb", 0}, {"2g.20gb", 4}, {"1g.10gb", 6}}));
  EXPECT_EQ(text(gpu, target),
            "- 0 3g.40gb@4 / 3g.40gb\n"
            "- 0 3g.40gb@4\n"
            "+ 0 2g.20gb@4\n"
            "+ 0 2g.20gb@4 / 2g.20gb\n"
            "+ 0 1g.10gb@6\n"
            "+ 0 1g.10gb@6 / 1g.10gb\n");
}

TEST(Diff, NamesWhoIsInTheWay) {
  auto gpu = gpu_of(kH100, layout(kH100, {{"3g.40gb", 0}}));
  gpu.instances[0].processes.push_back({4121, "/usr/bin/python3", {}, {}, {}, false});
  Plan plan;
  plan.steps = diff(gpu, target_of({}));
  ASSERT_EQ(plan.steps.size(), 2u);
  EXPECT_EQ(plan.blocked().size(), 2u);
  EXPECT_EQ(who(plan.steps[1].in_the_way), "pid 4121 (/usr/bin/python3)");
}

TEST(Diff, ComputeInstancesInsideAnInstanceThatStays) {
  const auto gpu = gpu_of(kH100, layout(kH100, {{"3g.40gb", 0}}));
  GpuCut target = target_of(layout(kH100, {{"3g.40gb", 0}}));
  target.instances[0].compute = {{1, "2c.3g.40gb", {}, {}}, {0, "1c.3g.40gb", {}, {}}};
  EXPECT_EQ(text(gpu, target),
            "- 0 3g.40gb@0 / 3g.40gb\n"
            "+ 0 3g.40gb@0 / 2c.3g.40gb\n"
            "+ 0 3g.40gb@0 / 1c.3g.40gb\n");
}

struct ModeCase {
  const char* rule;
  const char* product;
  MigMode mode, pending, wanted;
  const char* steps;
  std::optional<Virtualization> virtualization = {};
};

TEST(Diff, ModeChanges) {
  const ModeCase cases[] = {
      {"hopper at once", kH100, MigMode::kOff, MigMode::kOff, MigMode::kOn, "! 0 mode on\n"},
      {"ampere by a reset", kA100, MigMode::kOff, MigMode::kOff, MigMode::kOn,
       "! 0 mode on\n! 0 reset\n"},
      {"already waiting", kA100, MigMode::kOff, MigMode::kOn, MigMode::kOn, "! 0 reset\n"},
      {"taken back", kA100, MigMode::kOff, MigMode::kOn, MigMode::kOff, "! 0 mode off\n"},
      {"stays", kH100, MigMode::kOn, MigMode::kOn, MigMode::kOn, ""},
      {"bare metal", kA100, MigMode::kOff, MigMode::kOff, MigMode::kOn, "! 0 mode on\n! 0 reset\n",
       Virtualization::kNone},
      {"passed through, by a reboot", kA100, MigMode::kOff, MigMode::kOff, MigMode::kOn,
       "! 0 mode on\n! 0 reboot\n", Virtualization::kPassthrough},
      {"the same way back", kA100, MigMode::kOn, MigMode::kOn, MigMode::kOff,
       "! 0 mode off\n! 0 reboot\n", Virtualization::kPassthrough},
      {"waits for the reboot already", kA100, MigMode::kOff, MigMode::kOn, MigMode::kOn,
       "! 0 reboot\n", Virtualization::kPassthrough},
      {"a waiting mode taken back needs none", kA100, MigMode::kOff, MigMode::kOn, MigMode::kOff,
       "! 0 mode off\n", Virtualization::kPassthrough},
      {"a30 passed through", "a30-24gb", MigMode::kOff, MigMode::kOff, MigMode::kOn,
       "! 0 mode on\n! 0 reboot\n", Virtualization::kPassthrough},
      {"hopper passed through, at once", kH100, MigMode::kOff, MigMode::kOff, MigMode::kOn,
       "! 0 mode on\n", Virtualization::kPassthrough},
      {"on the host of virtual machines", kA100, MigMode::kOff, MigMode::kOff, MigMode::kOn,
       "! 0 mode on\n! 0 reset\n", Virtualization::kHostVgpu},
  };
  for (const ModeCase& row : cases) {
    auto gpu = gpu_of(row.product, {});
    gpu.mode = row.mode;
    gpu.pending = row.pending;
    gpu.virtualization = row.virtualization;
    EXPECT_EQ(text(gpu, {0, "GPU-0", row.wanted, row.wanted, {}}), row.steps) << row.rule;
  }
}

TEST(Diff, ARebootIsNoReset) {
  mig::Node node;
  node.gpus.push_back(gpu_of(kA100, {}));
  mig::Gpu& gpu = node.gpus[0];
  gpu.mode = gpu.pending = MigMode::kOff;
  const GpuCut target = target_of(layout(kA100, {{"7g.80gb", 0}}));
  for (const bool passed_through : {false, true}) {
    gpu.virtualization = passed_through ? Virtualization::kPassthrough : Virtualization::kNone;
    const Plan plan = diff(node, {target});
    EXPECT_EQ(plan.needs_reset(), !passed_through);
    EXPECT_EQ(plan.needs_reboot(), passed_through);
    ASSERT_EQ(plan.steps.size(), 4u);
    EXPECT_EQ(plan.steps[1].stop, passed_through ? Stop::kReboot : Stop::kReset);
    EXPECT_EQ(to_string(plan.steps[1]).find("reboot the node") != std::string::npos,
              passed_through);
    EXPECT_EQ(to_json(plan)["needs_reboot"].get<bool>(), passed_through);
  }
}

// Carried out on a set of instances, the steps lead from every layout to every other, each create
// has room when its turn comes, and nothing that both have is touched.
TEST(Diff, LeadsFromEveryLayoutToEveryOther) {
  int pairs = 0;
  for (const char* product : {"a30-24gb", kH100}) {
    const mig::Geometry& geometry = mig::find_product(product)->geometry;
    const auto classic = [](const mig::GpuInstanceProfile& profile) { return profile.classic(); };
    const auto all = mig::layouts(geometry, classic, false);
    const std::size_t stride = all.size() > 50 ? 11 : 1;
    for (std::size_t a = 0; a < all.size(); a += stride) {
      const auto gpu = gpu_of(product, all[a]);
      for (std::size_t b = 0; b < all.size(); b += stride) {
        const GpuCut target = target_of(all[b]);
        std::vector<mig::Instance> live = all[a].instances();
        for (const Step& step : diff(gpu, target)) {
          const mig::Instance about{geometry.find_id(step.profile_id), step.at};
          if (step.destroys()) {
            ASSERT_EQ(std::ranges::find(all[b].instances(), about), all[b].instances().end());
          }
          if (step.kind == StepKind::kDestroyInstance) {
            ASSERT_EQ(std::erase(live, about), 1u);
          }
          if (step.kind == StepKind::kCreateInstance) {
            live.push_back(about);
            ASSERT_TRUE(mig::Layout::make(geometry, live));
          }
        }
        ASSERT_EQ(mig::Layout::make(geometry, live).value(), all[b]);
        ++pairs;
      }
    }
  }
  std::printf("pairs of layouts: %d\n", pairs);
}

TEST(Diff, JsonSaysTheSame) {
  const auto gpu = gpu_of(kH100, layout(kH100, {{"3g.40gb", 0}}));
  mig::Node node;
  node.gpus.push_back(gpu);
  const Plan plan = diff(node, {target_of({})});
  const Json json = to_json(plan);
  EXPECT_EQ(json["steps"].size(), 2u);
  EXPECT_EQ(json["steps"][1]["step"], "destroy-gpu-instance");
  EXPECT_TRUE(json["changes"].get<bool>());
}

}  // namespace
}  // namespace septet::plan
