// simnvml/gpu_instance_profiles.cpp — what a GPU can be cut into: profiles, placements,
// what still fits.
//
// Ids. GetGpuInstanceProfileInfo takes the enum (0..17), everything else the id it answers
//      (19, 14, 9 ...).
#include "simnvml/abi/prototypes_mig.h"
#include "simnvml/call.h"
#include "simnvml/text.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;
namespace mig = septet::mig;

namespace {

// Fields that all versions of the struct have. A number the tables do not know is 0.
template <typename Info>
void fill_counts(Info& info, const mig::GpuInstanceProfile& profile) {
  info.id = profile.id;
  info.sliceCount = profile.slices;
  info.instanceCount = profile.max.value;
  info.multiprocessorCount = profile.sm.value;
  info.copyEngineCount = profile.ce.value;
  info.decoderCount = profile.dec.value;
  info.encoderCount = profile.enc.value;
  info.jpegCount = profile.jpg.value;
  info.ofaCount = profile.ofa.value;
  info.memorySizeMB = profile.memory_mib.value;
}

template <typename Info>
void fill_name(Info& info, const mig::GpuInstanceProfile& profile) {
  Line line;
  (void)give_text(line.add("MIG ").add(profile.name).view(), info.name, sizeof(info.name));
}

// The client says by the version which struct its pointer is.
nvmlReturn_t fill_versioned(void* out, const mig::GpuInstanceProfile& profile) {
  const unsigned version = *static_cast<const unsigned*>(out);
  if (version == nvmlGpuInstanceProfileInfo_v2) {
    auto& info = *static_cast<nvmlGpuInstanceProfileInfo_v2_t*>(out);
    info = {};
    info.version = version;
    fill_counts(info, profile);
    fill_name(info, profile);
    return NVML_SUCCESS;
  }
  if (version == nvmlGpuInstanceProfileInfo_v3) {
    auto& info = *static_cast<nvmlGpuInstanceProfileInfo_v3_t*>(out);
    info = {};
    info.version = version;
    fill_counts(info, profile);
    fill_name(info, profile);
    info.capabilities = profile.graphics ? NVML_GPU_INSTANCE_PROFILE_CAPS_GFX : 0;
    return NVML_SUCCESS;
  }
  return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
}

nvmlReturn_t placements(CallName name, nvmlDevice_t device, unsigned int profile_id,
                        nvmlGpuInstancePlacement_t* out, unsigned int* count) {
  return on_mig_parent(name, device, given(count), [&](const View& view) {
    if (denied(view.node, view.at.gpu)) return NVML_ERROR_NO_PERMISSION;
    const auto* const profile = view.board.geometry->find_id(profile_id);
    if (profile == nullptr) return NVML_ERROR_NOT_SUPPORTED;
    unsigned found = 0;
    for (unsigned start = 0; start < 16; ++start) {
      if (((profile->starts >> start) & 1u) == 0) continue;
      if (out != nullptr) out[found] = {start, profile->size};
      ++found;
    }
    *count = found;
    return NVML_SUCCESS;
  });
}

}  // namespace

nvmlReturn_t nvmlDeviceGetGpuInstanceProfileInfo(nvmlDevice_t device, unsigned int profile_enum,
                                                 nvmlGpuInstanceProfileInfo_t* info) {
  const bool known = profile_enum < NVML_GPU_INSTANCE_PROFILE_COUNT;
  return on_mig_parent(__func__, device, given(info) && known, [&](const View& view) {
    const auto* const profile = view.board.geometry->find_enum(profile_enum);
    if (profile == nullptr) return NVML_ERROR_NOT_SUPPORTED;
    *info = {};
    fill_counts(*info, *profile);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetGpuInstanceProfileInfoV(nvmlDevice_t device, unsigned int profile_enum,
                                                  nvmlGpuInstanceProfileInfo_v2_t* info) {
  const bool known = profile_enum < NVML_GPU_INSTANCE_PROFILE_COUNT;
  return on_mig_parent(__func__, device, given(info) && known, [&](const View& view) {
    const auto* const profile = view.board.geometry->find_enum(profile_enum);
    return profile == nullptr ? NVML_ERROR_NOT_SUPPORTED : fill_versioned(info, *profile);
  });
}

nvmlReturn_t nvmlDeviceGetGpuInstanceProfileInfoByIdV(nvmlDevice_t device, unsigned int profile_id,
                                                      nvmlGpuInstanceProfileInfo_v2_t* info) {
  return on_mig_parent(__func__, device, given(info), [&](const View& view) {
    const auto* const profile = view.board.geometry->find_id(profile_id);
    return profile == nullptr ? NVML_ERROR_NOT_SUPPORTED : fill_versioned(info, *profile);
  });
}

nvmlReturn_t nvmlDeviceGetGpuInstancePossiblePlacements(nvmlDevice_t device,
                                                        unsigned int profile_id,
                                                        nvmlGpuInstancePlacement_t* out,
                                                        unsigned int* count) {
  return placements(__func__, device, profile_id, out, count);
}
nvmlReturn_t nvmlDeviceGetGpuInstancePossiblePlacements_v2(nvmlDevice_t device,
                                                           unsigned int profile_id,
                                                           nvmlGpuInstancePlacement_t* out,
                                                           unsigned int* count) {
  return placements(__func__, device, profile_id, out, count);
}

nvmlReturn_t nvmlDeviceGetGpuInstanceRemainingCapacity(nvmlDevice_t device, unsigned int profile_id,
                                                       unsigned int* count) {
  return on_mig_parent(__func__, device, given(count), [&](const View& view) {
    const auto left = sim::remaining_gpu_instances(view.node, view.at.gpu, profile_id);
    if (left.status == sim::Status::kSuccess) *count = left.id;
    return static_cast<nvmlReturn_t>(left.status);
  });
}
