// simnvml/mig_devices.cpp — MIG devices: a compute instance seen as a device of its own (rules R0,
// R4).
#include <array>

#include "simnvml/abi/prototypes_device.h"
#include "simnvml/abi/prototypes_mig.h"
#include "simnvml/call.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;
namespace mig = septet::mig;

namespace {

// Of the GPU instance around it and of the compute instance itself.
template <typename Attributes>
void fill_engines(Attributes& out, const mig::GpuInstanceProfile* outer,
                  const mig::ComputeInstanceProfile* profile) {
  out.multiprocessorCount = profile->sm.value;
  out.sharedCopyEngineCount = outer->ce.value;
  out.sharedDecoderCount = outer->dec.value;
  out.sharedEncoderCount = outer->enc.value;
  out.sharedJpegCount = outer->jpg.value;
  out.sharedOfaCount = outer->ofa.value;
}

}  // namespace

nvmlReturn_t nvmlDeviceIsMigDeviceHandle(nvmlDevice_t device, unsigned int* is_mig) {
  return on_device(__func__, device, given(is_mig), [&](const View& view) {
    *is_mig = view.is_mig_device() ? 1 : 0;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetMaxMigDeviceCount(nvmlDevice_t device, unsigned int* count) {
  return on_device(__func__, device, given(count), [&](const View& view) {
    if (view.is_mig_device()) return NVML_ERROR_INVALID_ARGUMENT;
    *count = view.gpu.mig_current != 0 ? view.board.geometry->slices : 0u;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetMigDeviceHandleByIndex(nvmlDevice_t device, unsigned int index,
                                                 nvmlDevice_t* mig_device) {
  Named found;
  const nvmlReturn_t answer =
      on_mig_parent(__func__, device, given(mig_device), [&](const View& view) {
        std::array<sim::MigDevice, sim::kMaxGpuInstances * sim::kMaxComputeInstances> all;
        if (index >= sim::mig_devices(view.gpu, all)) return NVML_ERROR_NOT_FOUND;
        const auto [gi, ci] = all[index];
        found = {view.at.gpu, gi, ci, view.gpu.instances[gi].compute[ci].stamp};
        return NVML_SUCCESS;
      });
  if (answer == NVML_SUCCESS) *mig_device = mig_device_handle(found);
  return answer;
}

nvmlReturn_t nvmlDeviceGetDeviceHandleFromMigDeviceHandle(nvmlDevice_t mig_device,
                                                          nvmlDevice_t* device) {
  return on_device(__func__, mig_device, given(device), [&](const View& view) {
    if (!view.is_mig_device()) return NVML_ERROR_INVALID_ARGUMENT;
    *device = gpu_handle(view.at.gpu);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetGpuInstanceId(nvmlDevice_t mig_device, unsigned int* id) {
  return on_mig_device(__func__, mig_device, given(id), [&](const View& view) {
    *id = view.at.gi;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetComputeInstanceId(nvmlDevice_t mig_device, unsigned int* id) {
  return on_mig_device(__func__, mig_device, given(id), [&](const View& view) {
    *id = view.at.ci;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetAttributes(nvmlDevice_t mig_device, nvmlDeviceAttributes_v1_t* out) {
  return on_mig_device(__func__, mig_device, given(out), [&](const View& view) {
    const auto* const outer = view.profile();
    const auto* const profile = view.compute_profile();
    if (outer == nullptr || profile == nullptr) return NVML_ERROR_UNKNOWN;
    fill_engines(*out, outer, profile);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetAttributes_v2(nvmlDevice_t mig_device, nvmlDeviceAttributes_t* out) {
  return on_mig_device(__func__, mig_device, given(out), [&](const View& view) {
    const auto* const outer = view.profile();
    const auto* const profile = view.compute_profile();
    if (outer == nullptr || profile == nullptr) return NVML_ERROR_UNKNOWN;
    fill_engines(*out, outer, profile);
    out->gpuInstanceSliceCount = outer->slices;
    out->computeInstanceSliceCount = profile->slices;
    out->memorySizeMB = outer->memory_mib.value;
    return NVML_SUCCESS;
  });
}
