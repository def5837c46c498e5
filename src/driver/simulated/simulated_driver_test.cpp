#include "driver/simulated/simulated_driver.h"

#include <gtest/gtest.h>

namespace septet::driver::simulated {
namespace {

NodeState node_of(std::size_t gpus, bool mig) {
  NodeSpec spec;
  spec.boards.resize(gpus);
  for (BoardSpec& board : spec.boards) board.mig = mig;
  return *make_node(spec);
}

TEST(SimulatedDriver, ObservesWhatItMade) {
  const auto driver = make_simulated_driver(node_of(2, false));
  const auto mode = driver->set_mig_mode(1, true);
  ASSERT_TRUE(mode);
  EXPECT_EQ(mode->current, mig::MigMode::kOn);
  const auto gi = driver->create_gpu_instance(1, 9, mig::Placement{4, 4});
  ASSERT_TRUE(gi) << gi.error().describe();
  const auto ci = driver->create_compute_instance({1, *gi}, 2, std::nullopt);
  ASSERT_TRUE(ci) << ci.error().describe();
  EXPECT_EQ(driver->remaining_capacity(1, 19).value(), 4u);
  EXPECT_EQ(driver->remaining_compute_capacity({1, *gi}, 0).value(), 0u);

  const auto node = driver->observe();
  ASSERT_TRUE(node);
  ASSERT_EQ(node->gpus.size(), 2u);
  EXPECT_EQ(node->gpus[0].mode, mig::MigMode::kOff);
  const mig::Gpu& gpu = node->gpus[1];
  ASSERT_EQ(gpu.instances.size(), 1u);
  EXPECT_EQ(gpu.instances[0].name, "3g.40gb");
  ASSERT_EQ(gpu.instances[0].compute.size(), 1u);
  EXPECT_EQ(gpu.instances[0].compute[0].uuid.substr(0, 4), "MIG-");
  EXPECT_EQ(gpu.instances[0].compute[0].sm, 60u);
  const auto layout = mig::layout_of(gpu);
  ASSERT_TRUE(layout) << layout.error().describe();
  EXPECT_EQ(mig::to_string(*layout), "3g.40gb@4");

  EXPECT_EQ(driver->destroy_gpu_instance({1, *gi}).error().code, Code::kBusy);
  EXPECT_TRUE(driver->destroy_compute_instance({1, *gi}, *ci));
  EXPECT_TRUE(driver->destroy_gpu_instance({1, *gi}));
}

TEST(SimulatedDriver, FailsTheNthCallAndChangesNothing) {
  NodeState node = node_of(1, true);
  FaultState fault{};
  fault.kind = FaultKind::kCallFails;
  fault.gpu = kNone;
  fault.call = fault_call_hash("nvmlDeviceCreateGpuInstance");
  fault.code = 23;
  fault.nth = 2;
  fault.times = 1;
  ASSERT_TRUE(add_fault(node, fault));
  SimulatedDriver driver(node);
  EXPECT_TRUE(driver.create_gpu_instance(0, 19, std::nullopt));
  const auto failed = driver.create_gpu_instance(0, 19, std::nullopt);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().driver_status, 23);
  EXPECT_EQ(driver.observe_gpu(0)->instances.size(), 1u);
  EXPECT_TRUE(driver.create_gpu_instance(0, 19, std::nullopt));
}

TEST(SimulatedDriver, ALostGpuIsUnknownNotEmpty) {
  SimulatedDriver driver(node_of(2, true));
  driver.node().gpus[1].lost = 1;
  EXPECT_TRUE(driver.observe_gpu(0));
  EXPECT_EQ(driver.observe_gpu(1).error().code, Code::kUnavailable);
  EXPECT_EQ(driver.observe().error().driver_status, 15);
}

}  // namespace
}  // namespace septet::driver::simulated
