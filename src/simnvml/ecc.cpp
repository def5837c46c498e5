// simnvml/ecc.cpp — ECC mode and counts, remapped rows, retired pages.
//
// The node counts errors per GPU and takes them as errors of its DRAM. Which instance they hit is
// not known: a MIG device answers 0 while its GPU has none, and NOT_SUPPORTED from then on.
#include <optional>

#include "simnvml/abi/prototypes_memory_and_ecc.h"
#include "simnvml/call.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

namespace {

std::uint64_t counted(const sim::GpuState& gpu, nvmlMemoryErrorType_t type,
                      nvmlEccCounterType_t counter) {
  const bool corrected = type == NVML_MEMORY_ERROR_TYPE_CORRECTED;
  if (counter == NVML_VOLATILE_ECC) {
    return corrected ? gpu.ecc_corrected_volatile : gpu.ecc_uncorrected_volatile;
  }
  return corrected ? gpu.ecc_corrected_aggregate : gpu.ecc_uncorrected_aggregate;
}

bool valid(nvmlMemoryErrorType_t type, nvmlEccCounterType_t counter) {
  return type < NVML_MEMORY_ERROR_TYPE_COUNT && counter < NVML_ECC_COUNTER_TYPE_COUNT;
}

nvmlReturn_t both_enabled(CallName name, nvmlDevice_t device, nvmlEnableState_t* first,
                          nvmlEnableState_t* second) {
  return on_gpu(name, device, given(first, second), [&](const View&) {
    *first = *second = NVML_FEATURE_ENABLED;
    return NVML_SUCCESS;
  });
}

}  // namespace

nvmlReturn_t nvmlDeviceGetEccMode(nvmlDevice_t device, nvmlEnableState_t* current,
                                  nvmlEnableState_t* pending) {
  return both_enabled(__func__, device, current, pending);
}
nvmlReturn_t nvmlDeviceGetDefaultEccMode(nvmlDevice_t device, nvmlEnableState_t* mode) {
  return both_enabled(__func__, device, mode, mode);
}

nvmlReturn_t nvmlDeviceGetTotalEccErrors(nvmlDevice_t device, nvmlMemoryErrorType_t type,
                                         nvmlEccCounterType_t counter, unsigned long long* count) {
  return on_device(__func__, device, given(count) && valid(type, counter), [&](const View& view) {
    *count = counted(view.gpu, type, counter);
    return view.is_mig_device() && *count != 0 ? NVML_ERROR_NOT_SUPPORTED : NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetDetailedEccErrors(nvmlDevice_t device, nvmlMemoryErrorType_t type,
                                            nvmlEccCounterType_t counter,
                                            nvmlEccErrorCounts_t* counts) {
  return on_gpu(__func__, device, given(counts) && valid(type, counter), [&](const View& view) {
    *counts = {};
    counts->deviceMemory = counted(view.gpu, type, counter);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetMemoryErrorCounter(nvmlDevice_t device, nvmlMemoryErrorType_t type,
                                             nvmlEccCounterType_t counter,
                                             nvmlMemoryLocation_t location,
                                             unsigned long long* count) {
  const bool arguments_given =
      given(count) && valid(type, counter) && location < NVML_MEMORY_LOCATION_COUNT;
  return on_device(__func__, device, arguments_given, [&](const View& view) {
    if (location != NVML_MEMORY_LOCATION_DRAM && location != NVML_MEMORY_LOCATION_SRAM) {
      return NVML_ERROR_NOT_SUPPORTED;
    }
    *count = location == NVML_MEMORY_LOCATION_DRAM ? counted(view.gpu, type, counter) : 0;
    return view.is_mig_device() && *count != 0 ? NVML_ERROR_NOT_SUPPORTED : NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetSramEccErrorStatus(nvmlDevice_t device,
                                             nvmlEccSramErrorStatus_t* status) {
  return on_gpu(__func__, device, given(status), [&](const View&) {
    if (status->version != nvmlEccSramErrorStatus_v1) return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    *status = {};
    status->version = nvmlEccSramErrorStatus_v1;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceClearEccErrorCounts(nvmlDevice_t device, nvmlEccCounterType_t counter) {
  const bool known = counter < NVML_ECC_COUNTER_TYPE_COUNT;
  return change({__func__, known, Takes::kGpu, nullptr}, device,
                [&](sim::NodeState& node, const Named& at) {
                  if (denied(node, at.gpu)) return sim::Status::kNoPermission;
                  sim::GpuState& gpu = node.gpus[at.gpu];
                  if (counter == NVML_VOLATILE_ECC) {
                    gpu.ecc_corrected_volatile = gpu.ecc_uncorrected_volatile = 0;
                  } else {
                    gpu.ecc_corrected_aggregate = gpu.ecc_uncorrected_aggregate = 0;
                  }
                  return sim::Status::kSuccess;
                });
}

nvmlReturn_t nvmlDeviceGetRemappedRows(nvmlDevice_t device, unsigned int* corrected,
                                       unsigned int* uncorrected, unsigned int* pending,
                                       unsigned int* failed) {
  return on_gpu(__func__, device, given(corrected, uncorrected, pending, failed), [&](const View&) {
    *corrected = *uncorrected = *pending = *failed = 0;
    return NVML_SUCCESS;
  });
}

// Boards from Ampere on remap rows and retire no pages.
nvmlReturn_t nvmlDeviceGetRetiredPages(nvmlDevice_t device, nvmlPageRetirementCause_t,
                                       unsigned int* count, unsigned long long*) {
  return always(__func__, device, given(count), NVML_ERROR_NOT_SUPPORTED);
}
nvmlReturn_t nvmlDeviceGetRetiredPages_v2(nvmlDevice_t device, nvmlPageRetirementCause_t,
                                          unsigned int* count, unsigned long long*,
                                          unsigned long long*) {
  return always(__func__, device, given(count), NVML_ERROR_NOT_SUPPORTED);
}
nvmlReturn_t nvmlDeviceGetRetiredPagesPendingStatus(nvmlDevice_t device,
                                                    nvmlEnableState_t* pending) {
  return always(__func__, device, given(pending), NVML_ERROR_NOT_SUPPORTED);
}
