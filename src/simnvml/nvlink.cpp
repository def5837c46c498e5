// simnvml/nvlink.cpp — the node has no NVLink and no fabric, and says so.
#include "simnvml/abi/prototypes_nvlink.h"
#include "simnvml/call.h"

using namespace septet::simnvml;

nvmlReturn_t nvmlDeviceGetNvLinkState(nvmlDevice_t device, unsigned int,
                                      nvmlEnableState_t* active) {
  return on_gpu(__func__, device, given(active), [&](const View&) {
    *active = NVML_FEATURE_DISABLED;
    return NVML_ERROR_NOT_SUPPORTED;
  });
}

nvmlReturn_t nvmlDeviceGetNvLinkRemotePciInfo_v2(nvmlDevice_t device, unsigned int,
                                                 nvmlPciInfo_t* pci) {
  return on_gpu(__func__, device, given(pci), [&](const View&) {
    *pci = {};
    return NVML_ERROR_NOT_SUPPORTED;
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
