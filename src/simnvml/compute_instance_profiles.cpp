// simnvml/compute_instance_profiles.cpp — what a GPU instance can be cut into: profiles,
// placements, what still fits. Here the enum and the id are the same number.
#include "simnvml/abi/prototypes_mig.h"
#include "simnvml/call.h"
#include "simnvml/text.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;
namespace mig = septet::mig;

namespace {

// Engines are the GPU instance's: its compute instances share them.
template <typename Info>
void fill_counts(Info& info, const mig::GpuInstanceProfile& outer,
                 const mig::ComputeInstanceProfile& profile) {
  info.id = profile.id;
  info.sliceCount = profile.slices;
  info.instanceCount = profile.max.value;
  info.multiprocessorCount = profile.sm.value;
  info.sharedCopyEngineCount = outer.ce.value;
  info.sharedDecoderCount = outer.dec.value;
  info.sharedEncoderCount = outer.enc.value;
  info.sharedJpegCount = outer.jpg.value;
  info.sharedOfaCount = outer.ofa.value;
}

template <typename Info>
nvmlReturn_t fill_named(Info& info, unsigned version, const mig::GpuInstanceProfile& outer,
                        const mig::ComputeInstanceProfile& profile) {
  info = {};
  info.version = version;
  fill_counts(info, outer, profile);
  Line line;
  return give_text(line.add("MIG ").add(profile.name).view(), info.name, sizeof(info.name));
}

nvmlReturn_t fill_versioned(void* out, const mig::GpuInstanceProfile& outer,
                            const mig::ComputeInstanceProfile& profile) {
  const unsigned version = *static_cast<const unsigned*>(out);
  if (version == nvmlComputeInstanceProfileInfo_v2) {
    return fill_named(*static_cast<nvmlComputeInstanceProfileInfo_v2_t*>(out), version, outer,
                      profile);
  }
  if (version == nvmlComputeInstanceProfileInfo_v3) {
    auto& info = *static_cast<nvmlComputeInstanceProfileInfo_v3_t*>(out);
    const nvmlReturn_t filled = fill_named(info, version, outer, profile);
    info.capabilities = outer.graphics ? NVML_COMPUTE_INSTANCE_PROFILE_CAPS_GFX : 0;
    return filled;
  }
  return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
}

// Calls body(outer profile, compute profile) for the profile `id` of the instance.
template <typename Body>
nvmlReturn_t with_profile(CallName name, nvmlGpuInstance_t instance, bool arguments_given,
                          unsigned int id, const Body& body) {
  return on_instance(name, instance, arguments_given && id < NVML_COMPUTE_INSTANCE_PROFILE_COUNT,
                     [&](const View& view) {
                       const auto* const outer = view.profile();
                       if (outer == nullptr) return NVML_ERROR_UNKNOWN;
                       const auto* const profile = outer->find_compute(id);
                       if (profile == nullptr) return NVML_ERROR_NOT_SUPPORTED;
                       return body(*outer, *profile);
                     });
}

}  // namespace

nvmlReturn_t nvmlGpuInstanceGetComputeInstanceProfileInfo(nvmlGpuInstance_t instance,
                                                          unsigned int profile_id,
                                                          unsigned int engines,
                                                          nvmlComputeInstanceProfileInfo_t* info) {
  const bool known = engines < NVML_COMPUTE_INSTANCE_ENGINE_PROFILE_COUNT;
  return with_profile(__func__, instance, given(info) && known, profile_id,
                      [&](const auto& outer, const auto& profile) {
                        *info = {};
                        fill_counts(*info, outer, profile);
                        return NVML_SUCCESS;
                      });
}

nvmlReturn_t nvmlGpuInstanceGetComputeInstanceProfileInfoV(
    nvmlGpuInstance_t instance, unsigned int profile_id, unsigned int engines,
    nvmlComputeInstanceProfileInfo_v2_t* info) {
  const bool known = engines < NVML_COMPUTE_INSTANCE_ENGINE_PROFILE_COUNT;
  return with_profile(
      __func__, instance, given(info) && known, profile_id,
      [&](const auto& outer, const auto& profile) { return fill_versioned(info, outer, profile); });
}

nvmlReturn_t nvmlGpuInstanceGetComputeInstancePossiblePlacements(
    nvmlGpuInstance_t instance, unsigned int profile_id, nvmlComputeInstancePlacement_t* out,
    unsigned int* count) {
  return with_profile(__func__, instance, given(count), profile_id,
                      [&](const auto&, const auto& profile) {
                        unsigned found = 0;
                        for (unsigned start = 0; start < 16; ++start) {
                          if (((profile.starts >> start) & 1u) == 0) continue;
                          if (out != nullptr) out[found] = {start, profile.size};
                          ++found;
                        }
                        *count = found;
                        return NVML_SUCCESS;
                      });
}

nvmlReturn_t nvmlGpuInstanceGetComputeInstanceRemainingCapacity(nvmlGpuInstance_t instance,
                                                                unsigned int profile_id,
                                                                unsigned int* count) {
  return on_instance(__func__, instance, given(count), [&](const View& view) {
    const auto left =
        sim::remaining_compute_instances(view.node, view.at.gpu, view.at.gi, profile_id);
    if (left.status == sim::Status::kSuccess) *count = left.id;
    return static_cast<nvmlReturn_t>(left.status);
  });
}
