// simnvml/nvlink.cpp — the NVLinks of a GPU: those of its bridge, where the node has bridges. There
// is no fabric.
#include "simnvml/abi/prototypes_nvlink.h"
#include "simnvml/call.h"
#include "simnvml/pci_info.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

namespace {

// Success: the GPU has this link.
nvmlReturn_t has_link(const View& view, unsigned int link) {
  if (view.gpu.nvlinks == 0) return NVML_ERROR_NOT_SUPPORTED;
  return link < view.gpu.nvlinks ? NVML_SUCCESS : NVML_ERROR_INVALID_ARGUMENT;
}

}  // namespace

nvmlReturn_t nvmlDeviceGetNvLinkState(nvmlDevice_t device, unsigned int link,
                                      nvmlEnableState_t* active) {
  return on_gpu(__func__, device, given(active), [&](const View& view) {
    const nvmlReturn_t there = has_link(view, link);
    *active = there == NVML_SUCCESS ? NVML_FEATURE_ENABLED : NVML_FEATURE_DISABLED;
    return there;
  });
}

nvmlReturn_t nvmlDeviceGetNvLinkRemotePciInfo_v2(nvmlDevice_t device, unsigned int link,
                                                 nvmlPciInfo_t* pci) {
  return on_gpu(__func__, device, given(pci), [&](const View& view) {
    *pci = {};
    const nvmlReturn_t there = has_link(view, link);
    if (there != NVML_SUCCESS) return there;
    return fill_pci_info(view.node.gpus[sim::bridge_peer(view.at.gpu)], *pci);
  });
}

nvmlReturn_t nvmlDeviceGetGpuFabricInfo(nvmlDevice_t device, nvmlGpuFabricInfo_t* info) {
  return on_gpu(__func__, device, given(info), [&](const View&) {
    *info = {};
    info->status = NVML_SUCCESS;
    info->state = NVML_GPU_FABRIC_STATE_NOT_SUPPORTED;
    return NVML_SUCCESS;
  });
}
