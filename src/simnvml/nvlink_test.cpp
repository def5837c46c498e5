// The NVLinks of a bridge, as a client counts them.
#include <string>

#include "simnvml/node_fixture.h"

namespace septet::simnvml {
namespace {

class Nvlink : public NodeFixture {
 protected:
  void join(unsigned links) {
    elsewhere([links](sim::NodeState& node) {
      node.gpus[0].nvlinks = node.gpus[1].nvlinks = static_cast<std::uint8_t>(links);
    });
  }
};

TEST_F(Nvlink, AGpuWithoutABridgeHasNone) {
  make();
  nvmlEnableState_t active = NVML_FEATURE_ENABLED;
  nvmlPciInfo_t end;
  EXPECT_EQ(nvmlDeviceGetNvLinkState(gpu(), 0, &active), NVML_ERROR_NOT_SUPPORTED);
  EXPECT_EQ(nvmlDeviceGetNvLinkRemotePciInfo_v2(gpu(), 0, &end), NVML_ERROR_NOT_SUPPORTED);
}

TEST_F(Nvlink, EveryLinkOfABridgeEndsAtTheOtherGpu) {
  make("h100-sxm5-80gb", 3, false);
  join(4);
  nvmlPciInfo_t other;
  ASSERT_EQ(nvmlDeviceGetPciInfo_v3(gpu(1), &other), NVML_SUCCESS);
  for (unsigned link = 0; link < 4; ++link) {
    nvmlEnableState_t active = NVML_FEATURE_DISABLED;
    nvmlPciInfo_t end;
    ASSERT_EQ(nvmlDeviceGetNvLinkState(gpu(0), link, &active), NVML_SUCCESS);
    EXPECT_EQ(active, NVML_FEATURE_ENABLED);
    ASSERT_EQ(nvmlDeviceGetNvLinkRemotePciInfo_v2(gpu(0), link, &end), NVML_SUCCESS);
    EXPECT_STREQ(end.busId, other.busId);
  }
  nvmlEnableState_t active = NVML_FEATURE_ENABLED;
  EXPECT_EQ(nvmlDeviceGetNvLinkState(gpu(0), 4, &active), NVML_ERROR_INVALID_ARGUMENT);
  EXPECT_EQ(nvmlDeviceGetNvLinkState(gpu(2), 0, &active), NVML_ERROR_NOT_SUPPORTED);
  const auto reach = [this](unsigned from, unsigned to) {
    nvmlGpuP2PStatus_t status = NVML_P2P_STATUS_UNKNOWN;
    EXPECT_EQ(nvmlDeviceGetP2PStatus(gpu(from), gpu(to), NVML_P2P_CAPS_INDEX_NVLINK, &status),
              NVML_SUCCESS);
    return status;
  };
  EXPECT_EQ(reach(0, 1), NVML_P2P_STATUS_OK);
  EXPECT_EQ(reach(1, 0), NVML_P2P_STATUS_OK);
  EXPECT_EQ(reach(0, 2), NVML_P2P_STATUS_NOT_SUPPORTED);
  nvmlFieldValue_t count{};
  count.fieldId = NVML_FI_DEV_NVLINK_LINK_COUNT;
  ASSERT_EQ(nvmlDeviceGetFieldValues(gpu(0), 1, &count), NVML_SUCCESS);
  EXPECT_EQ(count.value.uiVal, 4u);
}

}  // namespace
}  // namespace septet::simnvml
