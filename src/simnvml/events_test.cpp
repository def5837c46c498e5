#include <sys/wait.h>

#include <chrono>

#include "simnvml/node_fixture.h"

namespace septet::simnvml {
namespace {

class EventTest : public NodeFixture {
 protected:
  nvmlEventSet_t watching(nvmlDevice_t device, unsigned long long types) {
    nvmlEventSet_t set = nullptr;
    EXPECT_EQ(nvmlEventSetCreate(&set), NVML_SUCCESS);
    EXPECT_EQ(nvmlDeviceRegisterEvents(device, types, set), NVML_SUCCESS);
    return set;
  }
  void xid(std::uint64_t number, std::uint32_t on_gpu, std::uint32_t gi, std::uint32_t ci) {
    elsewhere([&](sim::NodeState& node) {
      sim::post_event(node, nvmlEventTypeXidCriticalError, number, on_gpu, gi, ci);
    });
  }
};

TEST_F(EventTest, AWaitSleepsUntilItsTimeIsOver) {
  make();
  const nvmlEventSet_t set = watching(gpu(), nvmlEventTypeXidCriticalError);
  nvmlEventData_t data;
  const auto before = std::chrono::steady_clock::now();
  const std::clock_t cpu_before = std::clock();
  EXPECT_EQ(nvmlEventSetWait_v2(set, &data, 300), NVML_ERROR_TIMEOUT);
  const auto slept = std::chrono::steady_clock::now() - before;
  EXPECT_GE(slept, std::chrono::milliseconds(295));
  EXPECT_LT(std::clock() - cpu_before, CLOCKS_PER_SEC / 10);  // asleep, not polling
  EXPECT_EQ(nvmlEventSetWait_v2(set, &data, 0), NVML_ERROR_TIMEOUT);
  EXPECT_EQ(nvmlEventSetFree(set), NVML_SUCCESS);
  EXPECT_EQ(nvmlEventSetWait_v2(set, &data, 0), NVML_ERROR_INVALID_ARGUMENT);
}

TEST_F(EventTest, OnlyWhatWasAskedForIsDelivered) {
  make();
  xid(1, 0, sim::kNone, sim::kNone);  // before anybody registered
  const nvmlEventSet_t set = watching(gpu(0), nvmlEventTypeXidCriticalError);
  xid(2, 1, sim::kNone, sim::kNone);  // another GPU
  elsewhere([](sim::NodeState& node) {
    sim::post_event(node, nvmlEventTypeDoubleBitEccError, 0, 0, sim::kNone, sim::kNone);
  });
  xid(63, 0, 2, 0);
  xid(79, 0, sim::kNone, sim::kNone);
  nvmlEventData_t data;
  ASSERT_EQ(nvmlEventSetWait_v2(set, &data, 1000), NVML_SUCCESS);
  EXPECT_EQ(data.device, gpu(0));
  EXPECT_EQ(data.eventData, 63u);
  EXPECT_EQ(data.gpuInstanceId, 2u);
  EXPECT_EQ(data.computeInstanceId, 0u);
  nvmlEventData_v1_t old;
  ASSERT_EQ(nvmlEventSetWait(set, &old, 1000), NVML_SUCCESS);
  EXPECT_EQ(old.eventData, 79u);
  EXPECT_EQ(nvmlEventSetWait_v2(set, &data, 0), NVML_ERROR_TIMEOUT);
}

TEST_F(EventTest, AnEventFromAnotherProcessWakesAWait) {
  make();
  const nvmlEventSet_t set = watching(gpu(1), nvmlEventTypeXidCriticalError);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::usleep(150'000);
    auto file = sim::StateFile::open(path_);
    const bool posted = file && (*file)->change([](sim::NodeState& node) {
      sim::post_event(node, nvmlEventTypeXidCriticalError, 94, 1, 9, 0);
      return sim::Status::kSuccess;
    }) == sim::Status::kSuccess;
    ::_exit(posted ? 0 : 1);
  }
  nvmlEventData_t data;
  const auto before = std::chrono::steady_clock::now();
  ASSERT_EQ(nvmlEventSetWait_v2(set, &data, 20'000), NVML_SUCCESS);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(10));
  EXPECT_EQ(data.eventData, 94u);
  EXPECT_EQ(data.gpuInstanceId, 9u);
  int status = 1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
}

TEST_F(EventTest, SupportedTypesAreOfferedAndOthersRefused) {
  make();
  unsigned long long types = 0;
  ASSERT_EQ(nvmlDeviceGetSupportedEventTypes(gpu(), &types), NVML_SUCCESS);
  EXPECT_EQ(types & 0xb, 0xbu);
  nvmlEventSet_t set = nullptr;
  ASSERT_EQ(nvmlEventSetCreate(&set), NVML_SUCCESS);
  EXPECT_EQ(nvmlDeviceRegisterEvents(gpu(), nvmlEventTypeClock, set), NVML_ERROR_NOT_SUPPORTED);
  EXPECT_EQ(nvmlDeviceRegisterEvents(mig_device(), 0xb, set), NVML_ERROR_NOT_SUPPORTED);
  EXPECT_EQ(nvmlDeviceRegisterEvents(gpu(), 0xb, nullptr), NVML_ERROR_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace septet::simnvml
