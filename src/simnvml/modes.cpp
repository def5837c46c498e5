// simnvml/modes.cpp — the switches of a GPU other than MIG: persistence, compute mode, display,
// accounting, virtualization, licensing.
#include "simnvml/abi/grid_licenses.h"
#include "simnvml/abi/nvml.h"
#include "simnvml/call.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

namespace {

nvmlReturn_t fixed_state(CallName name, nvmlDevice_t device, nvmlEnableState_t* out,
                         nvmlEnableState_t value) {
  return on_gpu(name, device, given(out), [&](const View&) {
    *out = value;
    return NVML_SUCCESS;
  });
}

// Buffers of accounting hold this many finished processes in the driver; the node accounts for
// none.
constexpr unsigned kAccountingEntries = 4000;

}  // namespace

nvmlReturn_t nvmlDeviceGetPersistenceMode(nvmlDevice_t device, nvmlEnableState_t* mode) {
  return on_gpu(__func__, device, given(mode), [&](const View& view) {
    *mode = view.gpu.persistence != 0 ? NVML_FEATURE_ENABLED : NVML_FEATURE_DISABLED;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceSetPersistenceMode(nvmlDevice_t device, nvmlEnableState_t mode) {
  const bool valid = mode == NVML_FEATURE_DISABLED || mode == NVML_FEATURE_ENABLED;
  return change({__func__, valid, Takes::kGpu, nullptr}, device,
                [&](sim::NodeState& node, const Named& at) {
                  if (denied(node, at.gpu)) return sim::Status::kNoPermission;
                  node.gpus[at.gpu].persistence = mode == NVML_FEATURE_ENABLED ? 1 : 0;
                  return sim::Status::kSuccess;
                });
}

nvmlReturn_t nvmlDeviceGetComputeMode(nvmlDevice_t device, nvmlComputeMode_t* mode) {
  return on_gpu(__func__, device, given(mode), [&](const View&) {
    *mode = NVML_COMPUTEMODE_DEFAULT;
    return NVML_SUCCESS;
  });
}

// The node shares every GPU; exclusive modes do not exist in MIG mode anyway (rules R11).
nvmlReturn_t nvmlDeviceSetComputeMode(nvmlDevice_t device, nvmlComputeMode_t mode) {
  const bool valid = mode < NVML_COMPUTEMODE_COUNT;
  return change({__func__, valid, Takes::kGpu, nullptr}, device,
                [&](sim::NodeState& node, const Named& at) {
                  if (denied(node, at.gpu)) return sim::Status::kNoPermission;
                  return mode == NVML_COMPUTEMODE_DEFAULT ? sim::Status::kSuccess
                                                          : sim::Status::kNotSupported;
                });
}

nvmlReturn_t nvmlDeviceGetDisplayMode(nvmlDevice_t device, nvmlEnableState_t* mode) {
  return fixed_state(__func__, device, mode, NVML_FEATURE_DISABLED);
}
nvmlReturn_t nvmlDeviceGetDisplayActive(nvmlDevice_t device, nvmlEnableState_t* active) {
  return fixed_state(__func__, device, active, NVML_FEATURE_DISABLED);
}

// Windows only, and boards of an earlier age.
nvmlReturn_t nvmlDeviceGetDriverModel(nvmlDevice_t device, nvmlDriverModel_t* current,
                                      nvmlDriverModel_t*) {
  return always(__func__, device, given(current), NVML_ERROR_NOT_SUPPORTED);
}
nvmlReturn_t nvmlDeviceGetGpuOperationMode(nvmlDevice_t device, nvmlGpuOperationMode_t* current,
                                           nvmlGpuOperationMode_t* pending) {
  return always(__func__, device, given(current, pending), NVML_ERROR_NOT_SUPPORTED);
}
nvmlReturn_t nvmlDeviceGetAutoBoostedClocksEnabled(nvmlDevice_t device, nvmlEnableState_t* enabled,
                                                   nvmlEnableState_t* by_default) {
  return always(__func__, device, given(enabled, by_default), NVML_ERROR_NOT_SUPPORTED);
}

nvmlReturn_t nvmlDeviceGetAccountingMode(nvmlDevice_t device, nvmlEnableState_t* mode) {
  return fixed_state(__func__, device, mode, NVML_FEATURE_DISABLED);
}
nvmlReturn_t nvmlDeviceGetAccountingBufferSize(nvmlDevice_t device, unsigned int* size) {
  return on_gpu(__func__, device, given(size), [&](const View&) {
    *size = kAccountingEntries;
    return NVML_SUCCESS;
  });
}
nvmlReturn_t nvmlDeviceGetAccountingPids(nvmlDevice_t device, unsigned int* count, unsigned int*) {
  return on_gpu(__func__, device, given(count), [&](const View&) {
    *count = 0;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetVirtualizationMode(nvmlDevice_t device,
                                             nvmlGpuVirtualizationMode_t* mode) {
  return on_gpu(__func__, device, given(mode), [&](const View& view) {
    *mode = view.gpu.passthrough != 0 ? NVML_GPU_VIRTUALIZATION_MODE_PASSTHROUGH
                                      : NVML_GPU_VIRTUALIZATION_MODE_NONE;
    return NVML_SUCCESS;
  });
}
nvmlReturn_t nvmlDeviceGetHostVgpuMode(nvmlDevice_t device, nvmlHostVgpuMode_t* mode) {
  return always(__func__, device, given(mode), NVML_ERROR_NOT_SUPPORTED);
}
nvmlReturn_t nvmlDeviceGetGridLicensableFeatures_v4(nvmlDevice_t device,
                                                    nvmlGridLicensableFeatures_t* features) {
  return on_gpu(__func__, device, given(features), [&](const View&) {
    features->isGridLicenseSupported = 0;
    features->licensableFeaturesCount = 0;
    return NVML_SUCCESS;
  });
}
