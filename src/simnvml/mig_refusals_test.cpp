// Every refusal of rules R8, one row each.
#include <functional>

#include "simnvml/node_fixture.h"

namespace septet::simnvml {
namespace {

struct World {
  nvmlDevice_t h100, h100_off, mig_device;
  nvmlGpuInstance_t three;  // a 3g.40gb on h100 with a compute instance that fills it
  nvmlComputeInstance_t compute;
};

struct Refusal {
  const char* rule;
  nvmlReturn_t code;
  std::function<nvmlReturn_t(const World&)> call;
};

nvmlReturn_t profile_info(nvmlDevice_t device, unsigned profile) {
  nvmlGpuInstanceProfileInfo_t info;
  return nvmlDeviceGetGpuInstanceProfileInfo(device, profile, &info);
}
nvmlReturn_t create(nvmlDevice_t device, unsigned id) {
  nvmlGpuInstance_t made;
  return nvmlDeviceCreateGpuInstance(device, id, &made);
}
nvmlReturn_t create_at(nvmlDevice_t device, unsigned id, unsigned start, unsigned size) {
  const nvmlGpuInstancePlacement_t at{start, size};
  nvmlGpuInstance_t made;
  return nvmlDeviceCreateGpuInstanceWithPlacement(device, id, &at, &made);
}
nvmlReturn_t create_compute(nvmlGpuInstance_t in, unsigned id) {
  nvmlComputeInstance_t made;
  return nvmlGpuInstanceCreateComputeInstance(in, id, &made);
}
nvmlReturn_t placements(nvmlDevice_t device, unsigned id) {
  unsigned count = 0;
  return nvmlDeviceGetGpuInstancePossiblePlacements_v2(device, id, nullptr, &count);
}
nvmlReturn_t capacity(nvmlDevice_t device, unsigned id) {
  unsigned count = 0;
  return nvmlDeviceGetGpuInstanceRemainingCapacity(device, id, &count);
}
nvmlReturn_t list(nvmlDevice_t device, unsigned id) {
  nvmlGpuInstance_t found[7];
  unsigned count = 0;
  return nvmlDeviceGetGpuInstances(device, id, found, &count);
}
nvmlReturn_t by_id(nvmlDevice_t device, unsigned id) {
  nvmlGpuInstance_t found;
  return nvmlDeviceGetGpuInstanceById(device, id, &found);
}
nvmlReturn_t compute_by_id(nvmlGpuInstance_t in, unsigned id) {
  nvmlComputeInstance_t found;
  return nvmlGpuInstanceGetComputeInstanceById(in, id, &found);
}
nvmlReturn_t mig_by_index(nvmlDevice_t device, unsigned index) {
  nvmlDevice_t found;
  return nvmlDeviceGetMigDeviceHandleByIndex(device, index, &found);
}
nvmlReturn_t compute_info(nvmlGpuInstance_t in, unsigned profile, unsigned engines) {
  nvmlComputeInstanceProfileInfo_t info;
  return nvmlGpuInstanceGetComputeInstanceProfileInfo(in, profile, engines, &info);
}
nvmlReturn_t set_mode(nvmlDevice_t device, unsigned mode) {
  nvmlReturn_t activation;
  return nvmlDeviceSetMigMode(device, mode, &activation);
}

const Refusal kRefusals[] = {
    {"profile enum out of range", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return profile_info(w.h100, 0x12); }},
    {"profile not on this board", NVML_ERROR_NOT_SUPPORTED,
     [](const World& w) { return profile_info(w.h100, 0x0A); }},
    {"profiles are known with MIG off", NVML_SUCCESS,
     [](const World& w) { return profile_info(w.h100_off, 0); }},
    {"profiles of a MIG device", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return profile_info(w.mig_device, 0); }},
    {"null out", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return nvmlDeviceGetGpuInstanceProfileInfo(w.h100, 0, nullptr); }},
    {"placements of an unknown id", NVML_ERROR_NOT_SUPPORTED,
     [](const World& w) { return placements(w.h100, 77); }},
    {"placements with MIG off", NVML_SUCCESS,
     [](const World& w) { return placements(w.h100_off, 19); }},
    {"create with no room", NVML_ERROR_INSUFFICIENT_RESOURCES,
     [](const World& w) { return create(w.h100, 0); }},
    {"create with an unknown id", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return create(w.h100, 77); }},
    {"create with the enum's number", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return create(w.h100, 1); }},
    {"create with MIG off", NVML_ERROR_NOT_SUPPORTED,
     [](const World& w) { return create(w.h100_off, 19); }},
    {"create on a MIG device", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return create(w.mig_device, 19); }},
    {"create at a start not listed", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return create_at(w.h100, 9, 1, 4); }},
    {"create at a size not listed", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return create_at(w.h100, 9, 0, 3); }},
    {"create at a start off the board", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return create_at(w.h100, 19, 300, 1); }},
    {"create where one is", NVML_ERROR_INSUFFICIENT_RESOURCES,
     [](const World& w) { return create_at(w.h100, 9, 4, 4); }},
    {"destroy with compute instances", NVML_ERROR_IN_USE,
     [](const World& w) { return nvmlGpuInstanceDestroy(w.three); }},
    {"compute: none free", NVML_ERROR_INSUFFICIENT_RESOURCES,
     [](const World& w) { return create_compute(w.three, NVML_COMPUTE_INSTANCE_PROFILE_1_SLICE); }},
    {"compute: profile too big", NVML_ERROR_NOT_SUPPORTED,
     [](const World& w) { return create_compute(w.three, NVML_COMPUTE_INSTANCE_PROFILE_7_SLICE); }},
    {"compute info: enum out of range", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return compute_info(w.three, 9, 0); }},
    {"compute info: engines out of range", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return compute_info(w.three, 0, 1); }},
    {"compute info: profile too big", NVML_ERROR_NOT_SUPPORTED,
     [](const World& w) { return compute_info(w.three, 4, 0); }},
    {"instance by id: none", NVML_ERROR_NOT_FOUND,
     [](const World& w) { return by_id(w.h100, 13); }},
    {"instance by id: no such id", NVML_ERROR_NOT_FOUND,
     [](const World& w) { return by_id(w.h100, 4000); }},
    {"instance by id with MIG off", NVML_ERROR_NOT_SUPPORTED,
     [](const World& w) { return by_id(w.h100_off, 2); }},
    {"compute by id: none", NVML_ERROR_NOT_FOUND,
     [](const World& w) { return compute_by_id(w.three, 1); }},
    {"compute by id: no such id", NVML_ERROR_NOT_FOUND,
     [](const World& w) { return compute_by_id(w.three, 4000); }},
    {"MIG device by index: none", NVML_ERROR_NOT_FOUND,
     [](const World& w) { return mig_by_index(w.h100, 1); }},
    {"MIG device by index: off", NVML_ERROR_NOT_FOUND,
     [](const World& w) { return mig_by_index(w.h100_off, 0); }},
    {"capacity with MIG off", NVML_ERROR_NOT_SUPPORTED,
     [](const World& w) { return capacity(w.h100_off, 19); }},
    {"capacity of an unknown id", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return capacity(w.h100, 77); }},
    {"list with MIG off", NVML_ERROR_NOT_SUPPORTED,
     [](const World& w) { return list(w.h100_off, 19); }},
    {"list of an unknown id", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return list(w.h100, 77); }},
    {"mode that is none", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return set_mode(w.h100, 2); }},
    {"mode of a MIG device", NVML_ERROR_INVALID_ARGUMENT,
     [](const World& w) { return set_mode(w.mig_device, 0); }},
};

class RefusalTest : public NodeFixture {};

TEST_F(RefusalTest, EachCallAnswersItsCodeAndChangesNothing) {
  make();
  elsewhere([](sim::NodeState& node) { node.gpus[1].mig_current = node.gpus[1].mig_pending = 0; });
  World world{gpu(0), gpu(1), mig_device(), nullptr, nullptr};
  ASSERT_EQ(nvmlDeviceGetGpuInstanceById(world.h100, 2, &world.three), NVML_SUCCESS);
  ASSERT_EQ(nvmlGpuInstanceGetComputeInstanceById(world.three, 0, &world.compute), NVML_SUCCESS);
  const std::uint64_t before = file_->current_generation();
  for (const Refusal& refusal : kRefusals) {
    EXPECT_EQ(refusal.call(world), refusal.code) << refusal.rule;
    EXPECT_EQ(file_->current_generation(), before) << refusal.rule;
  }
}

TEST_F(RefusalTest, ProcessesMakeInstancesAndModesBusy) {
  make();
  World world{gpu(0), gpu(1), mig_device(), nullptr, nullptr};
  ASSERT_EQ(nvmlDeviceGetGpuInstanceById(world.h100, 2, &world.three), NVML_SUCCESS);
  ASSERT_EQ(nvmlGpuInstanceGetComputeInstanceById(world.three, 0, &world.compute), NVML_SUCCESS);
  attach(0, 2, 0, 50);
  EXPECT_EQ(nvmlComputeInstanceDestroy(world.compute), NVML_ERROR_IN_USE);
  nvmlReturn_t activation = NVML_SUCCESS;
  EXPECT_EQ(nvmlDeviceSetMigMode(world.h100, 0, &activation), NVML_SUCCESS);
  EXPECT_EQ(activation, NVML_ERROR_IN_USE);
  elsewhere([](sim::NodeState& node) { (void)sim::detach_process(node, ::getpid()); });
  EXPECT_EQ(nvmlComputeInstanceDestroy(world.compute), NVML_SUCCESS);
  EXPECT_EQ(nvmlGpuInstanceDestroy(world.three), NVML_SUCCESS);
}

TEST_F(RefusalTest, AmpereWaitsForAReset) {
  make("a100-80gb", 1, false);
  nvmlReturn_t activation = NVML_SUCCESS;
  ASSERT_EQ(nvmlDeviceSetMigMode(gpu(), 1, &activation), NVML_SUCCESS);
  EXPECT_EQ(activation, NVML_ERROR_RESET_REQUIRED);
  unsigned current = 9, pending = 9;
  ASSERT_EQ(nvmlDeviceGetMigMode(gpu(), &current, &pending), NVML_SUCCESS);
  EXPECT_EQ(current, 0u);
  EXPECT_EQ(pending, 1u);
}

TEST_F(RefusalTest, WithoutTheRightNothingIsConfiguredAndPlacementsAreNotTold) {
  make();
  const nvmlGpuInstance_t instance = make_instance(19, gpu());
  elsewhere([](sim::NodeState& node) {
    sim::FaultState fault{};
    fault.kind = sim::FaultKind::kDenied;
    fault.gpu = 0;
    ASSERT_TRUE(sim::add_fault(node, fault));
  });
  EXPECT_EQ(create(gpu(), 19), NVML_ERROR_NO_PERMISSION);
  EXPECT_EQ(nvmlGpuInstanceDestroy(instance), NVML_ERROR_NO_PERMISSION);
  EXPECT_EQ(create_compute(instance, 0), NVML_ERROR_NO_PERMISSION);
  EXPECT_EQ(set_mode(gpu(), 0), NVML_ERROR_NO_PERMISSION);
  EXPECT_EQ(placements(gpu(), 19), NVML_ERROR_NO_PERMISSION);
  EXPECT_EQ(nvmlDeviceClearEccErrorCounts(gpu(), NVML_VOLATILE_ECC), NVML_ERROR_NO_PERMISSION);
  EXPECT_EQ(placements(gpu(1), 19), NVML_SUCCESS);
  EXPECT_EQ(list(gpu(), 19), NVML_SUCCESS);
}

TEST_F(RefusalTest, TheNthCallFailsAndALostGpuAnswersNothing) {
  make();
  elsewhere([](sim::NodeState& node) {
    sim::FaultState fault{};
    fault.kind = sim::FaultKind::kCallFails;
    fault.gpu = sim::kNone;
    fault.call = sim::fault_call_hash("nvmlDeviceGetIndex");
    fault.code = NVML_ERROR_UNKNOWN;
    fault.nth = 2;
    fault.times = 1;
    ASSERT_TRUE(sim::add_fault(node, fault));
  });
  unsigned index = 0;
  EXPECT_EQ(nvmlDeviceGetIndex(gpu(), &index), NVML_SUCCESS);
  EXPECT_EQ(nvmlDeviceGetIndex(gpu(), &index), NVML_ERROR_UNKNOWN);
  EXPECT_EQ(nvmlDeviceGetIndex(gpu(), &index), NVML_SUCCESS);
  const nvmlDevice_t device = gpu();
  elsewhere([](sim::NodeState& node) { node.gpus[0].lost = 1; });
  EXPECT_EQ(nvmlDeviceGetIndex(device, &index), NVML_ERROR_GPU_IS_LOST);
  EXPECT_EQ(nvmlDeviceGetIndex(gpu(1), &index), NVML_SUCCESS);
}

}  // namespace
}  // namespace septet::simnvml
