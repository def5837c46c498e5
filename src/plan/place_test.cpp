#include "plan/place.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plan/diff.h"

namespace septet::plan {
namespace {

const mig::Product& kH100 = *mig::find_product("h100-sxm5-80gb");

const mig::GpuInstanceProfile& profile(const char* name) { return *kH100.geometry.find_name(name); }

mig::Gpu empty_gpu() {
  mig::Gpu gpu;
  gpu.uuid = "GPU-0";
  gpu.mode = gpu.pending = mig::MigMode::kOn;
  gpu.product = &kH100;
  auto geometry = std::make_shared<mig::OwnedGeometry>();
  geometry->geometry = kH100.geometry;
  gpu.geometry = geometry;
  return gpu;
}

// With compute instances of these widths, from slice 0 on; the first is in use by `pid`, if any.
void add(mig::Gpu& gpu, const char* name, std::uint8_t start, std::vector<std::uint8_t> widths,
         std::uint32_t pid) {
  const auto& row = profile(name);
  mig::GpuInstance live;
  live.id = static_cast<std::uint32_t>(gpu.instances.size());
  live.profile_id = row.id;
  live.name = name;
  live.at = {start, row.size};
  std::uint8_t at = 0;
  for (const std::uint8_t width : widths) {
    const auto compute =
        std::ranges::find(row.compute, width, &mig::ComputeInstanceProfile::slices);
    const auto id = static_cast<std::uint32_t>(live.compute.size());
    live.compute.push_back({id,
                            compute->id,
                            {at, compute->size},
                            std::string(compute->name),
                            "MIG-" + std::to_string(live.id) + std::to_string(id),
                            0,
                            0});
    at = static_cast<std::uint8_t>(at + compute->size);
  }
  if (pid != 0) live.processes.push_back({pid, "job", {}, live.id, 0, false});
  gpu.instances.push_back(std::move(live));
}

WantedInstance wanted(const char* name, std::vector<std::uint8_t> widths) {
  WantedInstance one{&profile(name), {}, {}};
  for (const std::uint8_t width : widths) {
    const auto row =
        std::ranges::find(one.profile->compute, width, &mig::ComputeInstanceProfile::slices);
    one.compute.push_back({row->id, std::string(row->name), {}, {}});
  }
  return one;
}

std::string placed(const mig::Gpu& gpu, const Wanted& all) {
  const auto cut = place(gpu, all);
  return cut ? to_string(*cut) : cut.error().what;
}

TEST(Place, AnInUseComputeInstanceDecidesWhichInstanceStays) {
  for (const int busy : {0, 4}) {
    mig::Gpu gpu = empty_gpu();
    add(gpu, "3g.40gb", 0, {2, 1}, busy == 0 ? 41 : 0);
    add(gpu, "3g.40gb", 4, {2, 1}, busy == 4 ? 41 : 0);
    EXPECT_EQ(placed(gpu, {{wanted("3g.40gb", {2, 1})}, false}),
              busy == 0 ? "GPU 0: MIG on, 3g.40gb@0 (2c.3g.40gb 1c.3g.40gb)"
                        : "GPU 0: MIG on, 3g.40gb@4 (2c.3g.40gb 1c.3g.40gb)");
  }
}

// Both halves hold a 3g; only one needs no step inside. Without compute instances counted it would
// be a tie, which the first start wins.
TEST(Place, FewestStepsCountsComputeInstances) {
  mig::Gpu gpu = empty_gpu();
  add(gpu, "3g.40gb", 0, {3}, 0);
  add(gpu, "3g.40gb", 4, {2, 1}, 0);
  const auto cut = place(gpu, {{wanted("3g.40gb", {2, 1})}, false});
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->instances[0].at.start, 4);
  EXPECT_EQ(diff(gpu, *cut).size(), 2u);  // only the other one goes
}

// A one-slice instance in the middle would leave no room for two slices beside it.
TEST(Place, WhatIsKeptLeavesRoomForTheOthers) {
  mig::Gpu gpu = empty_gpu();
  add(gpu, "3g.40gb", 0, {1, 1}, 0);
  const auto cut = place(gpu, {{wanted("3g.40gb", {2, 1})}, false});
  ASSERT_TRUE(cut);
  Plan plan;
  plan.steps = diff(gpu, *cut);
  EXPECT_EQ(to_string(*cut), "GPU 0: MIG on, 3g.40gb@0 (2c.3g.40gb@0 1c.3g.40gb@2)");
  EXPECT_EQ(to_string(plan),
            "- 0 3g.40gb@0 / 1c.3g.40gb\n- 0 3g.40gb@0 / 1c.3g.40gb\n"
            "+ 0 3g.40gb@0 / 2c.3g.40gb\n+ 0 3g.40gb@0 / 1c.3g.40gb\n");
}

TEST(Place, LeavesTheRestAlone) {
  mig::Gpu gpu = empty_gpu();
  add(gpu, "3g.40gb", 0, {3}, 41);
  Wanted beside{{wanted("3g.40gb", {3}), wanted("3g.40gb", {3})}, true};
  EXPECT_EQ(placed(gpu, beside), "GPU 0: MIG on, 3g.40gb@0 3g.40gb@4");
  EXPECT_EQ(placed(gpu, {{wanted("1g.10gb", {1})}, true}), "GPU 0: MIG on, 3g.40gb@0 1g.10gb@6");
  EXPECT_EQ(placed(gpu, {{wanted("4g.40gb", {4})}, true}),
            "4g.40gb does not fit on GPU 0 beside what it holds: 4g.40gb can start only at 0: 0 is "
            "barred by 3g.40gb@0; the GPU holds 3g.40gb@0\n"
            "  in use: 3g.40gb at 0 by pid 41 (job)\n  of it fits: nothing");
  const auto refused = place(gpu, {{wanted("4g.40gb", {4})}, true});
  EXPECT_EQ(refused.error().remedy,
            "to make it fit: move 3g.40gb from 0 to 4, in use by pid 41 (job); or ask for 3g.40gb "
            "(3g.40gb instead of 4g.40gb)");
  EXPECT_EQ(placed(gpu, {{}, true}), "GPU 0: MIG on, 3g.40gb@0");
  EXPECT_EQ(placed(gpu, {{}, false}), "GPU 0: MIG on, empty");
}

TEST(Place, RefusesWhatCannotBe) {
  const mig::Gpu gpu = empty_gpu();
  EXPECT_EQ(placed(gpu, {{wanted("3g.40gb", {2, 2})}, false}),
            "3g.40gb cannot hold 2c.3g.40gb 2c.3g.40gb together");
  Wanted odd{{wanted("2g.20gb", {2})}, false};
  odd.instances[0].start = 1;
  EXPECT_TRUE(placed(gpu, odd).starts_with("2g.20gb does not fit on GPU 0: ")) << placed(gpu, odd);
  mig::GpuInstanceProfile unknown = profile("2g.20gb");
  unknown.id = 4242;
  EXPECT_EQ(placed(gpu, {{{&unknown, {}, {}}}, false}), "GPU 0 has no such profile");
}

}  // namespace
}  // namespace septet::plan
