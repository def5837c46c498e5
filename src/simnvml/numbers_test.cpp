// Living numbers: fields, GPM, utilization, what MIG hides.
#include "simnvml/node_fixture.h"

namespace septet::simnvml {
namespace {

class NumberTest : public NodeFixture {};

TEST_F(NumberTest, EveryFieldEntryGetsItsCodeAlsoWhenTheCallFails) {
  make();
  elsewhere([](sim::NodeState& node) { node.gpus[0].ecc_uncorrected_volatile = 5; });
  nvmlFieldValue_t fields[3] = {};
  fields[0].fieldId = NVML_FI_DEV_ECC_DBE_VOL_TOTAL;
  fields[1].fieldId = 0xffff;
  fields[2].fieldId = NVML_FI_DEV_POWER_INSTANT;
  ASSERT_EQ(nvmlDeviceGetFieldValues(gpu(), 3, fields), NVML_SUCCESS);
  EXPECT_EQ(fields[0].nvmlReturn, NVML_SUCCESS);
  EXPECT_EQ(fields[0].value.ullVal, 5u);
  EXPECT_EQ(fields[1].nvmlReturn, NVML_ERROR_NOT_SUPPORTED);
  unsigned power = 0;
  ASSERT_EQ(nvmlDeviceGetPowerUsage(gpu(), &power), NVML_SUCCESS);
  EXPECT_EQ(fields[2].value.uiVal, power);
  EXPECT_GT(power, 0u);
  EXPECT_EQ(nvmlDeviceGetFieldValues(nullptr, 3, fields), NVML_ERROR_INVALID_ARGUMENT);
  for (const auto& field : fields) EXPECT_EQ(field.nvmlReturn, NVML_ERROR_INVALID_ARGUMENT);
  ASSERT_EQ(nvmlShutdown(), NVML_SUCCESS);
  EXPECT_EQ(nvmlDeviceGetFieldValues(nullptr, 3, fields), NVML_ERROR_UNINITIALIZED);
  for (const auto& field : fields) EXPECT_EQ(field.nvmlReturn, NVML_ERROR_UNINITIALIZED);
}

TEST_F(NumberTest, GpmMeasuresAnInstance) {
  make();
  (void)mig_device();
  nvmlGpmMetricsGet_t get{};
  get.version = NVML_GPM_METRICS_GET_VERSION;
  ASSERT_EQ(nvmlGpmSampleAlloc(&get.sample1), NVML_SUCCESS);
  ASSERT_EQ(nvmlGpmSampleAlloc(&get.sample2), NVML_SUCCESS);
  EXPECT_NE(get.sample1, get.sample2);
  EXPECT_EQ(nvmlGpmMetricsGet(&get), NVML_ERROR_INVALID_ARGUMENT);  // nothing sampled yet
  attach(0, 2, 0, 80);
  ASSERT_EQ(nvmlGpmMigSampleGet(gpu(), 2, get.sample1), NVML_SUCCESS);
  ASSERT_EQ(nvmlGpmMigSampleGet(gpu(), 2, get.sample2), NVML_SUCCESS);
  EXPECT_EQ(nvmlGpmMigSampleGet(gpu(), 7, get.sample2), NVML_ERROR_INVALID_ARGUMENT);
  get.numMetrics = 3;
  get.metrics[0].metricId = NVML_GPM_METRIC_SM_UTIL;
  get.metrics[1].metricId = NVML_GPM_METRIC_DRAM_BW_UTIL;
  get.metrics[2].metricId = NVML_GPM_METRIC_FP64_UTIL;
  ASSERT_EQ(nvmlGpmMetricsGet(&get), NVML_SUCCESS);
  EXPECT_EQ(get.metrics[0].value, 80);
  EXPECT_EQ(get.metrics[1].value, 40);
  EXPECT_EQ(get.metrics[2].nvmlReturn, NVML_ERROR_NOT_SUPPORTED);
  get.version = 2;
  EXPECT_EQ(nvmlGpmMetricsGet(&get), NVML_ERROR_ARGUMENT_VERSION_MISMATCH);
  EXPECT_EQ(nvmlGpmSampleFree(get.sample1), NVML_SUCCESS);
  EXPECT_EQ(nvmlGpmSampleFree(get.sample1), NVML_ERROR_INVALID_ARGUMENT);
}

TEST_F(NumberTest, AGpuThatIsCutDoesNotTellItsUtilizationAndAmpereHasNoGpm) {
  make("a100-40gb", 1, true);
  nvmlUtilization_t busy;
  EXPECT_EQ(nvmlDeviceGetUtilizationRates(gpu(), &busy), NVML_ERROR_NOT_SUPPORTED);
  nvmlGpmSupport_t support{NVML_GPM_SUPPORT_VERSION, 7};
  ASSERT_EQ(nvmlGpmQueryDeviceSupport(gpu(), &support), NVML_SUCCESS);
  EXPECT_EQ(support.isSupportedDevice, 0u);
  nvmlGpmSample_t sample = nullptr;
  ASSERT_EQ(nvmlGpmSampleAlloc(&sample), NVML_SUCCESS);
  EXPECT_EQ(nvmlGpmSampleGet(gpu(), sample), NVML_ERROR_NOT_SUPPORTED);
  EXPECT_EQ(nvmlGpmSampleFree(sample), NVML_SUCCESS);
}

TEST_F(NumberTest, AWholeGpuFollowsItsWorkload) {
  make("h100-sxm5-80gb", 1, false);
  nvmlUtilization_t idle, busy;
  unsigned idle_power = 0, busy_power = 0;
  ASSERT_EQ(nvmlDeviceGetUtilizationRates(gpu(), &idle), NVML_SUCCESS);
  ASSERT_EQ(nvmlDeviceGetPowerUsage(gpu(), &idle_power), NVML_SUCCESS);
  attach(0, sim::kNone, sim::kNone, 90);
  ASSERT_EQ(nvmlDeviceGetUtilizationRates(gpu(), &busy), NVML_SUCCESS);
  ASSERT_EQ(nvmlDeviceGetPowerUsage(gpu(), &busy_power), NVML_SUCCESS);
  EXPECT_EQ(idle.gpu, 0u);
  EXPECT_EQ(busy.gpu, 90u);
  EXPECT_GT(busy_power, idle_power);
  char name[64];
  EXPECT_EQ(nvmlSystemGetProcessName(static_cast<unsigned>(::getpid()), name, sizeof name),
            NVML_SUCCESS);
  EXPECT_STREQ(name, "workload");
}

}  // namespace
}  // namespace septet::simnvml
