#include "partition/choose_slice.h"

#include <gtest/gtest.h>

#include "driver/simulated/machine.h"
#include "driver/simulated/simulated_driver.h"
#include "partition/lease.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

// A node of H100s in MIG mode, each holding these: "1g.10gb@6". No start: the driver's choice.
class Slices {
 public:
  explicit Slices(unsigned gpus) {
    sim::NodeSpec spec;
    spec.boards.resize(gpus);
    for (auto& board : spec.boards) board.mig = true;
    driver_ = std::make_unique<sim::SimulatedDriver>(*sim::make_node(spec));
  }
  void cut(std::uint32_t gpu, const char* profile, std::uint8_t start) {
    const auto now = *driver_->observe_gpu(gpu);
    const auto* const found = now.geometry->geometry.find_name(profile);
    const auto made =
        driver_->create_gpu_instance(gpu, found->id, mig::Placement{start, found->size});
    ASSERT_TRUE(made) << made.error().describe();
    ASSERT_TRUE(driver_->create_compute_instance({gpu, *made}, found->default_compute()->id, {}));
  }
  mig::Node node() { return *driver_->observe(); }

 private:
  std::unique_ptr<sim::SimulatedDriver> driver_;
};

Lease lease_of(const mig::Gpu& gpu, const mig::GpuInstance& instance) {
  Lease lease;
  lease.gpu_uuid = gpu.uuid;
  lease.profile_id = instance.profile_id;
  lease.at = instance.at;
  lease.holder.pid = 4242;
  lease.holder.command = "septet run";
  return lease;
}

TEST(ChooseSlice, AFreeOneIsTakenAndNothingIsCut) {
  Slices slices(2);
  slices.cut(1, "1g.10gb", 6);
  const auto chosen = choose_slice(slices.node(), {"1g.10gb", {}});
  ASSERT_TRUE(chosen) << chosen.error().describe();
  EXPECT_EQ(chosen->gpu, 1u);
  EXPECT_TRUE(chosen->plan.empty());
  EXPECT_EQ(chosen->cut.at.start, 6);
}

TEST(ChooseSlice, OneThatSomebodyHasIsNotTaken) {
  Slices slices(1);
  slices.cut(0, "1g.10gb", 6);
  mig::Node node = slices.node();
  add_lease_holders(node, {lease_of(node.gpus[0], node.gpus[0].instances[0])});
  const auto chosen = choose_slice(node, {"1g.10gb", {}});
  ASSERT_TRUE(chosen) << chosen.error().describe();
  EXPECT_FALSE(chosen->plan.empty());
  EXPECT_NE(chosen->cut.at.start, 6);
  for (const plan::Step& step : chosen->plan.steps) EXPECT_FALSE(step.destroys());
}

TEST(ChooseSlice, ACutGoesWhereItCostsLeastRoom) {
  // GPU 0 is empty; on GPU 1 a 4g.40gb leaves room for small ones only.
  Slices slices(2);
  slices.cut(1, "4g.40gb", 0);
  const auto chosen = choose_slice(slices.node(), {"1g.10gb", {}});
  ASSERT_TRUE(chosen) << chosen.error().describe();
  EXPECT_EQ(chosen->gpu, 1u);
  const auto named = choose_slice(slices.node(), {"1g.10gb", 0u});
  ASSERT_TRUE(named);
  EXPECT_EQ(named->gpu, 0u);
}

TEST(ChooseSlice, AnIdleInstanceOfSomebodyElseIsNeverDestroyed) {
  Slices slices(1);
  slices.cut(0, "4g.40gb", 0);
  slices.cut(0, "3g.40gb", 4);
  const auto chosen = choose_slice(slices.node(), {"1g.10gb", {}});
  ASSERT_FALSE(chosen);
  EXPECT_EQ(chosen.error().code, Code::kBusy);
}

TEST(ChooseSlice, WhatCanNeverBeIsSaid) {
  Slices slices(1);
  const auto unknown = choose_slice(slices.node(), {"9g.90gb", {}});
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Code::kInvalidArgument);
  const auto elsewhere = choose_slice(slices.node(), {"1g.10gb", 7u});
  ASSERT_FALSE(elsewhere);
  EXPECT_EQ(elsewhere.error().code, Code::kInfeasible);
  mig::Node off = slices.node();
  off.gpus[0].mode = off.gpus[0].pending = mig::MigMode::kOff;
  const auto whole = choose_slice(off, {"1g.10gb", {}});
  ASSERT_FALSE(whole);
  EXPECT_EQ(whole.error().code, Code::kInfeasible);
}

}  // namespace
}  // namespace septet::partition
