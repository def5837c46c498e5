#include "simnvml/handles.h"

#include "simnvml/node_fixture.h"

namespace septet::simnvml {
namespace {

class HandleTest : public NodeFixture {};

TEST_F(HandleTest, StaleHandlesAreRefusedAlsoWhenTheIdIsTakenAgainElsewhere) {
  make();
  const nvmlDevice_t mig = mig_device();
  nvmlGpuInstance_t instance = nullptr;
  nvmlComputeInstance_t compute = nullptr;
  ASSERT_EQ(nvmlDeviceGetGpuInstanceById(gpu(), 2, &instance), NVML_SUCCESS);
  ASSERT_EQ(nvmlGpuInstanceGetComputeInstanceById(instance, 0, &compute), NVML_SUCCESS);
  elsewhere([](sim::NodeState& node) {
    ASSERT_EQ(sim::destroy_compute_instance(node, 0, 2, 0), sim::Status::kSuccess);
    ASSERT_EQ(sim::destroy_gpu_instance(node, 0, 2), sim::Status::kSuccess);
    ASSERT_EQ(sim::create_gpu_instance(node, 0, 9, std::nullopt).id, 2u);
    ASSERT_EQ(sim::create_compute_instance(node, 0, 2, 2, std::nullopt).id, 0u);
  });
  nvmlGpuInstanceInfo_t info;
  nvmlComputeInstanceInfo_t compute_info;
  unsigned id = 0;
  EXPECT_EQ(nvmlGpuInstanceGetInfo(instance, &info), NVML_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(nvmlComputeInstanceGetInfo_v2(compute, &compute_info), NVML_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(nvmlDeviceGetGpuInstanceId(mig, &id), NVML_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(nvmlGpuInstanceDestroy(instance), NVML_ERROR_INVALID_ARGUMENT);
  nvmlDevice_t again = nullptr;
  ASSERT_EQ(nvmlDeviceGetMigDeviceHandleByIndex(gpu(), 0, &again), NVML_SUCCESS);
  EXPECT_EQ(nvmlDeviceGetGpuInstanceId(again, &id), NVML_SUCCESS);
  EXPECT_EQ(id, 2u);
}

TEST_F(HandleTest, GarbageIsRefusedWithoutBeingRead) {
  make();
  unsigned number = 0;
  nvmlGpuInstanceInfo_t info;
  const auto inside = reinterpret_cast<std::uintptr_t>(gpu());
  for (const std::uintptr_t bits :
       {std::uintptr_t{0}, std::uintptr_t{1}, std::uintptr_t{0xdeadbeef}, ~std::uintptr_t{0},
        inside + 1, inside - 8, inside + 40 * 8}) {
    EXPECT_NE(nvmlDeviceGetIndex(reinterpret_cast<nvmlDevice_t>(bits), &number), NVML_SUCCESS);
    EXPECT_EQ(nvmlGpuInstanceGetInfo(reinterpret_cast<nvmlGpuInstance_t>(bits), &info),
              NVML_ERROR_INVALID_ARGUMENT);
    EXPECT_EQ(nvmlComputeInstanceDestroy(reinterpret_cast<nvmlComputeInstance_t>(bits)),
              NVML_ERROR_INVALID_ARGUMENT);
    EXPECT_NE(nvmlEventSetFree(reinterpret_cast<nvmlEventSet_t>(bits)), NVML_SUCCESS);
    EXPECT_NE(nvmlGpmSampleFree(reinterpret_cast<nvmlGpmSample_t>(bits)), NVML_SUCCESS);
  }
}

TEST_F(HandleTest, DevicesAreFoundByEveryName) {
  make();
  const nvmlDevice_t mig = mig_device();
  nvmlDevice_t found = nullptr;
  char uuid[96];
  for (const nvmlDevice_t device : {gpu(0), gpu(1), mig}) {
    ASSERT_EQ(nvmlDeviceGetUUID(device, uuid, sizeof uuid), NVML_SUCCESS);
    EXPECT_EQ(nvmlDeviceGetHandleByUUID(uuid, &found), NVML_SUCCESS) << uuid;
    EXPECT_EQ(found, device) << uuid;
  }
  EXPECT_EQ(std::string(uuid).substr(0, 4), "MIG-");
  EXPECT_EQ(nvmlDeviceGetHandleByUUID("GPU-nonsense", &found), NVML_ERROR_NOT_FOUND);
  nvmlPciInfo_t pci;
  ASSERT_EQ(nvmlDeviceGetPciInfo_v3(gpu(1), &pci), NVML_SUCCESS);
  std::string small = pci.busIdLegacy;
  for (char& c : small) c = static_cast<char>(std::tolower(c));
  for (const std::string& id : {std::string(pci.busId), std::string(pci.busIdLegacy), small}) {
    EXPECT_EQ(nvmlDeviceGetHandleByPciBusId_v2(id.c_str(), &found), NVML_SUCCESS) << id;
    EXPECT_EQ(found, gpu(1)) << id;
  }
  EXPECT_EQ(nvmlDeviceGetHandleByPciBusId("0000:ff:1f.0", &found), NVML_ERROR_NOT_FOUND);
  EXPECT_EQ(nvmlDeviceGetHandleByPciBusId("hello", &found), NVML_ERROR_INVALID_ARGUMENT);
  char serial[30];
  ASSERT_EQ(nvmlDeviceGetSerial(gpu(1), serial, sizeof serial), NVML_SUCCESS);
  EXPECT_EQ(nvmlDeviceGetHandleBySerial(serial, &found), NVML_SUCCESS);
  EXPECT_EQ(found, gpu(1));
}

TEST_F(HandleTest, DriversBefore470NameMigDevicesByPlace) {
  make("a100-40gb", 1, true, "460.106.00");
  const nvmlDevice_t mig = mig_device();
  char uuid[96], of_gpu[96];
  ASSERT_EQ(nvmlDeviceGetUUID(mig, uuid, sizeof uuid), NVML_SUCCESS);
  ASSERT_EQ(nvmlDeviceGetUUID(gpu(), of_gpu, sizeof of_gpu), NVML_SUCCESS);
  EXPECT_EQ(std::string(uuid), "MIG-" + std::string(of_gpu) + "/2/0");
  nvmlDevice_t found = nullptr;
  EXPECT_EQ(nvmlDeviceGetHandleByUUID(uuid, &found), NVML_SUCCESS);
  EXPECT_EQ(found, mig);
}

TEST_F(HandleTest, AMigDeviceDescribesItself) {
  make();
  const nvmlDevice_t mig = mig_device();
  char name[96];
  ASSERT_EQ(nvmlDeviceGetName(mig, name, sizeof name), NVML_SUCCESS);
  EXPECT_STREQ(name, "NVIDIA H100 80GB HBM3 MIG 3g.40gb");
  nvmlDeviceAttributes_t attributes;
  ASSERT_EQ(nvmlDeviceGetAttributes_v2(mig, &attributes), NVML_SUCCESS);
  EXPECT_EQ(attributes.multiprocessorCount, 60u);
  EXPECT_EQ(attributes.gpuInstanceSliceCount, 3u);
  EXPECT_EQ(attributes.computeInstanceSliceCount, 3u);
  nvmlMemory_t memory;
  ASSERT_EQ(nvmlDeviceGetMemoryInfo(mig, &memory), NVML_SUCCESS);
  EXPECT_EQ(memory.total, attributes.memorySizeMB * 1024 * 1024);
  EXPECT_EQ(memory.used + memory.free, memory.total);
  nvmlDevice_t parent = nullptr;
  ASSERT_EQ(nvmlDeviceGetDeviceHandleFromMigDeviceHandle(mig, &parent), NVML_SUCCESS);
  EXPECT_EQ(parent, gpu());
  EXPECT_EQ(nvmlDeviceGetDeviceHandleFromMigDeviceHandle(gpu(), &parent),
            NVML_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(nvmlDeviceGetAttributes_v2(gpu(), &attributes), NVML_ERROR_NOT_SUPPORTED);
  unsigned power = 0;
  EXPECT_EQ(nvmlDeviceGetPowerUsage(mig, &power), NVML_ERROR_NOT_SUPPORTED);
  unsigned max = 0;
  EXPECT_EQ(nvmlDeviceGetMaxMigDeviceCount(gpu(), &max), NVML_SUCCESS);
  EXPECT_EQ(max, 7u);
}

TEST_F(HandleTest, ABoardSaysThatItIsSimulated) {
  make();
  char part[80];
  ASSERT_EQ(nvmlDeviceGetBoardPartNumber(gpu(), part, sizeof part), NVML_SUCCESS);
  EXPECT_STREQ(part, "SEPTET-SIMULATED");
  unsigned long cpus[16];
  ASSERT_EQ(nvmlDeviceGetCpuAffinity(gpu(), 16, cpus), NVML_SUCCESS);
  unsigned long any = 0;
  for (const unsigned long word : cpus) any |= word;
  EXPECT_NE(any, 0u);
}

}  // namespace
}  // namespace septet::simnvml
