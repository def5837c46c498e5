// Structs that say their version, and old calls that must not write past their own struct.
#include <cstring>

#include "simnvml/node_fixture.h"

namespace septet::simnvml {
namespace {

// A client's buffer with a wall behind it.
template <typename Struct>
struct Walled {
  Walled() { std::memset(this, 0xA5, sizeof *this); }
  bool wall_stands() const {
    for (const unsigned char byte : wall) {
      if (byte != 0xA5) return false;
    }
    return true;
  }
  Struct value;
  unsigned char wall[128];
};

class VersionTest : public NodeFixture {};

TEST_F(VersionTest, GpuInstanceProfileInfoAnswersByItsVersion) {
  make();
  Walled<nvmlGpuInstanceProfileInfo_v2_t> two;
  two.value.version = nvmlGpuInstanceProfileInfo_v2;
  ASSERT_EQ(nvmlDeviceGetGpuInstanceProfileInfoV(gpu(), 2, &two.value), NVML_SUCCESS);
  EXPECT_STREQ(two.value.name, "MIG 3g.40gb");
  EXPECT_EQ(two.value.id, 9u);
  EXPECT_EQ(two.value.multiprocessorCount, 60u);
  EXPECT_EQ(two.value.isP2pSupported, 0u);
  EXPECT_TRUE(two.wall_stands());
  Walled<nvmlGpuInstanceProfileInfo_v3_t> three;
  three.value.version = nvmlGpuInstanceProfileInfo_v3;
  auto* const as_two = reinterpret_cast<nvmlGpuInstanceProfileInfo_v2_t*>(&three.value);
  ASSERT_EQ(nvmlDeviceGetGpuInstanceProfileInfoByIdV(gpu(), 9, as_two), NVML_SUCCESS);
  EXPECT_STREQ(three.value.name, "MIG 3g.40gb");
  EXPECT_EQ(three.value.sliceCount, 3u);
  EXPECT_EQ(three.value.capabilities, 0u);
  EXPECT_TRUE(three.wall_stands());
  two.value.version = 0;
  EXPECT_EQ(nvmlDeviceGetGpuInstanceProfileInfoV(gpu(), 2, &two.value),
            NVML_ERROR_ARGUMENT_VERSION_MISMATCH);
}

TEST_F(VersionTest, ComputeInstanceProfileInfoAnswersByItsVersion) {
  make();
  const nvmlGpuInstance_t in = make_instance(9, gpu());
  Walled<nvmlComputeInstanceProfileInfo_v2_t> two;
  two.value.version = nvmlComputeInstanceProfileInfo_v2;
  ASSERT_EQ(nvmlGpuInstanceGetComputeInstanceProfileInfoV(in, 0, 0, &two.value), NVML_SUCCESS);
  EXPECT_STREQ(two.value.name, "MIG 1c.3g.40gb");
  EXPECT_TRUE(two.wall_stands());
  Walled<nvmlComputeInstanceProfileInfo_v3_t> three;
  three.value.version = nvmlComputeInstanceProfileInfo_v3;
  auto* const as_two = reinterpret_cast<nvmlComputeInstanceProfileInfo_v2_t*>(&three.value);
  ASSERT_EQ(nvmlGpuInstanceGetComputeInstanceProfileInfoV(in, 2, 0, as_two), NVML_SUCCESS);
  EXPECT_STREQ(three.value.name, "MIG 3g.40gb");
  EXPECT_TRUE(three.wall_stands());
  three.value.version = 7;
  EXPECT_EQ(nvmlGpuInstanceGetComputeInstanceProfileInfoV(in, 2, 0, as_two),
            NVML_ERROR_ARGUMENT_VERSION_MISMATCH);
}

TEST_F(VersionTest, MemoryInfoHasTwoForms) {
  make();
  Walled<nvmlMemory_t> one;
  ASSERT_EQ(nvmlDeviceGetMemoryInfo(gpu(), &one.value), NVML_SUCCESS);
  EXPECT_TRUE(one.wall_stands());
  Walled<nvmlMemory_v2_t> two;
  EXPECT_EQ(nvmlDeviceGetMemoryInfo_v2(gpu(), &two.value), NVML_ERROR_ARGUMENT_VERSION_MISMATCH);
  two.value.version = nvmlMemory_v2;
  ASSERT_EQ(nvmlDeviceGetMemoryInfo_v2(gpu(), &two.value), NVML_SUCCESS);
  EXPECT_TRUE(two.wall_stands());
  EXPECT_EQ(two.value.total, one.value.total);
  EXPECT_EQ(two.value.total, two.value.used + two.value.free + two.value.reserved);
}

TEST_F(VersionTest, UnversionedCallsKeepTheirFirstStruct) {
  make();
  const nvmlDevice_t mig = mig_device();
  Walled<nvmlPciInfo_v2_t> pci;
  ASSERT_EQ(nvmlDeviceGetPciInfo(gpu(), &pci.value), NVML_SUCCESS);
  EXPECT_TRUE(pci.wall_stands());
  Walled<nvmlDeviceAttributes_v1_t> attributes;
  ASSERT_EQ(nvmlDeviceGetAttributes(mig, &attributes.value), NVML_SUCCESS);
  EXPECT_TRUE(attributes.wall_stands());
  nvmlGpuInstance_t in = nullptr;
  nvmlComputeInstance_t compute = nullptr;
  ASSERT_EQ(nvmlDeviceGetGpuInstanceById(gpu(), 2, &in), NVML_SUCCESS);
  ASSERT_EQ(nvmlGpuInstanceGetComputeInstanceById(in, 0, &compute), NVML_SUCCESS);
  Walled<nvmlComputeInstanceInfo_v1_t> info;
  ASSERT_EQ(nvmlComputeInstanceGetInfo(compute, &info.value), NVML_SUCCESS);
  EXPECT_TRUE(info.wall_stands());
  EXPECT_EQ(info.value.gpuInstance, in);
  attach(0, 2, 0, 10);
  Walled<nvmlProcessInfo_v1_t> process;
  unsigned count = 1;
  ASSERT_EQ(nvmlDeviceGetComputeRunningProcesses(gpu(), &count, &process.value), NVML_SUCCESS);
  EXPECT_TRUE(process.wall_stands());
  EXPECT_EQ(process.value.pid, static_cast<unsigned>(::getpid()));
}

TEST_F(VersionTest, CountsGoInAsRoomAndOutAsNeed) {
  make();
  (void)mig_device();
  attach(0, 2, 0, 10);
  unsigned count = 0;
  EXPECT_EQ(nvmlDeviceGetComputeRunningProcesses_v3(gpu(), &count, nullptr),
            NVML_ERROR_INSUFFICIENT_SIZE);
  EXPECT_EQ(count, 1u);
  nvmlProcessInfo_t info;
  EXPECT_EQ(nvmlDeviceGetComputeRunningProcesses_v3(gpu(), &count, &info), NVML_SUCCESS);
  EXPECT_EQ(info.gpuInstanceId, 2u);
  EXPECT_EQ(info.computeInstanceId, 0u);
  EXPECT_EQ(info.usedGpuMemory, 1000ull << 20);
  count = 0;
  EXPECT_EQ(nvmlDeviceGetComputeRunningProcesses_v3(gpu(1), &count, nullptr), NVML_SUCCESS);
  EXPECT_EQ(count, 0u);
  count = 0;
  EXPECT_EQ(nvmlDeviceGetSupportedMemoryClocks(gpu(), &count, nullptr),
            NVML_ERROR_INSUFFICIENT_SIZE);
  EXPECT_EQ(count, 1u);
  unsigned places = 0;
  nvmlGpuInstancePlacement_t at[7];
  EXPECT_EQ(nvmlDeviceGetGpuInstancePossiblePlacements_v2(gpu(), 19, nullptr, &places),
            NVML_SUCCESS);
  ASSERT_EQ(places, 7u);
  EXPECT_EQ(nvmlDeviceGetGpuInstancePossiblePlacements_v2(gpu(), 19, at, &places), NVML_SUCCESS);
  for (unsigned i = 0; i < 7; ++i) EXPECT_EQ(at[i].start, i);
}

}  // namespace
}  // namespace septet::simnvml
