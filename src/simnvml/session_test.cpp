#include "simnvml/session.h"

#include <algorithm>
#include <set>

#include "simnvml/call.h"
#include "simnvml/node_fixture.h"
#include "simnvml/not_supported.h"

namespace septet::simnvml {
namespace {

using SessionTest = NodeFixture;

TEST_F(SessionTest, WithoutANodeInitSaysThatTheDriverIsNotLoadedAndNamesTheRemedy) {
  testing::internal::CaptureStderr();
  EXPECT_EQ(nvmlInit_v2(), NVML_ERROR_DRIVER_NOT_LOADED);
  const std::string said = testing::internal::GetCapturedStderr();
  EXPECT_NE(said.find(path_), std::string::npos) << said;
  EXPECT_NE(said.find("sim create"), std::string::npos) << said;
  EXPECT_EQ(std::count(said.begin(), said.end(), '\n'), 1) << said;
  unsigned count = 0;
  EXPECT_EQ(nvmlDeviceGetCount_v2(&count), NVML_ERROR_UNINITIALIZED);
}

TEST_F(SessionTest, InitAndShutdownAreCounted) {
  make();
  EXPECT_EQ(nvmlInit(), NVML_SUCCESS);
  EXPECT_EQ(nvmlInitWithFlags(0xffffffffu), NVML_SUCCESS);
  unsigned count = 0;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(nvmlShutdown(), NVML_SUCCESS);
    EXPECT_EQ(nvmlDeviceGetCount_v2(&count), NVML_SUCCESS);
    EXPECT_EQ(count, 2u);
    EXPECT_EQ(not_supported(), NVML_ERROR_NOT_SUPPORTED);
  }
  EXPECT_EQ(nvmlShutdown(), NVML_SUCCESS);
  EXPECT_EQ(nvmlDeviceGetCount_v2(&count), NVML_ERROR_UNINITIALIZED);
  EXPECT_EQ(nvmlShutdown(), NVML_ERROR_UNINITIALIZED);
  EXPECT_EQ(not_supported(), NVML_ERROR_UNINITIALIZED);
}

TEST_F(SessionTest, GpuHandlesOutliveShutdown) {
  make();
  const nvmlDevice_t before = gpu();
  ASSERT_EQ(nvmlShutdown(), NVML_SUCCESS);
  ASSERT_EQ(nvmlInit_v2(), NVML_SUCCESS);
  EXPECT_EQ(gpu(), before);
}

TEST_F(SessionTest, AfterADriverRestartAClientMustInitAgain) {
  make();
  const nvmlDevice_t device = gpu();
  elsewhere([](sim::NodeState& node) { sim::restart_driver(node); });
  unsigned index = 0;
  EXPECT_EQ(nvmlDeviceGetIndex(device, &index), NVML_ERROR_UNINITIALIZED);
  EXPECT_EQ(nvmlInit_v2(), NVML_SUCCESS);
  EXPECT_EQ(nvmlDeviceGetIndex(device, &index), NVML_SUCCESS);
}

TEST_F(SessionTest, ForeignFileIsRefusedAndLeftAlone) {
  FILE* const file = std::fopen(path_.c_str(), "w");
  ASSERT_NE(file, nullptr);
  std::fputs("not a node", file);
  std::fclose(file);
  EXPECT_NE(nvmlInit_v2(), NVML_SUCCESS);
  char text[32] = {};
  FILE* const again = std::fopen(path_.c_str(), "r");
  EXPECT_EQ(std::fread(text, 1, sizeof text, again), 10u);
  std::fclose(again);
}

TEST_F(SessionTest, VersionsComeFromTheNode) {
  make("a100-40gb", 1, true, "535.104.05");
  char version[80];
  ASSERT_EQ(nvmlSystemGetDriverVersion(version, sizeof version), NVML_SUCCESS);
  EXPECT_STREQ(version, "535.104.05");
  ASSERT_EQ(nvmlSystemGetNVMLVersion(version, sizeof version), NVML_SUCCESS);
  EXPECT_GE(std::atoi(version), 11);
  EXPECT_NE(std::string(version).find(".535.104.05"), std::string::npos) << version;
  EXPECT_EQ(nvmlSystemGetDriverVersion(version, 10), NVML_ERROR_INSUFFICIENT_SIZE);
  EXPECT_EQ(nvmlSystemGetDriverVersion(version, 11), NVML_SUCCESS);
}

TEST(CallNames, HashAsFaultsDo) {
  EXPECT_EQ(CallName("nvmlDeviceGetCount_v2").hash, sim::fault_call_hash("nvmlDeviceGetCount_v2"));
}

TEST(ExportTable, HoldsItsOwnSizeAndNothingElse) {
  const void* table = nullptr;
  ASSERT_EQ(nvmlInternalGetExportTable(&table, nullptr), NVML_SUCCESS);
  EXPECT_EQ(*static_cast<const std::uint64_t*>(table), 8u);
}

TEST(ErrorStrings, EveryCodeHasItsOwnWords) {
  std::set<std::string> seen;
  for (unsigned code = 0; code <= NVML_ERROR_RESET_TYPE_NOT_SUPPORTED; ++code) {
    EXPECT_TRUE(seen.insert(nvmlErrorString(static_cast<nvmlReturn_t>(code))).second) << code;
  }
  EXPECT_STREQ(nvmlErrorString(NVML_ERROR_IN_USE), "In use by another client");
  EXPECT_STREQ(nvmlErrorString(static_cast<nvmlReturn_t>(12345)), "Unknown Error");
}

}  // namespace
}  // namespace septet::simnvml
