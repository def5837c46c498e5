// simnvml/gpu_instances.cpp — GPU instances: create, destroy, list, describe.
#include <array>

#include "simnvml/abi/prototypes_mig.h"
#include "simnvml/call.h"
#include "simnvml/placement.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;
namespace mig = septet::mig;

namespace {

nvmlReturn_t create(CallName name, nvmlDevice_t device, bool arguments_given,
                    unsigned int profile_id, std::optional<mig::Placement> at,
                    nvmlGpuInstance_t* out) {
  Named made;
  const nvmlReturn_t answer = change(
      {name, arguments_given, Takes::kMigParent, &sim::NodeState::create_latency_us}, device,
      [&](sim::NodeState& node, const Named& on) {
        const auto created = sim::create_gpu_instance(node, on.gpu, profile_id, at);
        if (created.status != sim::Status::kSuccess) return created.status;
        made = {on.gpu, created.id, sim::kNone, node.gpus[on.gpu].instances[created.id].stamp};
        return sim::Status::kSuccess;
      });
  if (answer == NVML_SUCCESS) *out = gpu_instance_handle(made);
  return answer;
}

}  // namespace

nvmlReturn_t nvmlDeviceCreateGpuInstance(nvmlDevice_t device, unsigned int profile_id,
                                         nvmlGpuInstance_t* out) {
  return create(__func__, device, given(out), profile_id, std::nullopt, out);
}

nvmlReturn_t nvmlDeviceCreateGpuInstanceWithPlacement(nvmlDevice_t device, unsigned int profile_id,
                                                      const nvmlGpuInstancePlacement_t* at,
                                                      nvmlGpuInstance_t* out) {
  return create(__func__, device, given(at, out), profile_id, placement_of(at), out);
}

nvmlReturn_t nvmlGpuInstanceDestroy(nvmlGpuInstance_t instance) {
  return change({__func__, true, Takes::kAny, &sim::NodeState::destroy_latency_us}, instance,
                [](sim::NodeState& node, const Named& at) {
                  return sim::destroy_gpu_instance(node, at.gpu, at.gi);
                });
}

// By ascending id. The buffer holds as many as the profile allows (its instanceCount), as NVML
// demands.
nvmlReturn_t nvmlDeviceGetGpuInstances(nvmlDevice_t device, unsigned int profile_id,
                                       nvmlGpuInstance_t* out, unsigned int* count) {
  std::array<Named, sim::kMaxGpuInstances> found;
  unsigned size = 0;
  const nvmlReturn_t answer =
      on_mig_parent(__func__, device, given(out, count), [&](const View& view) {
        size = 0;
        if (view.gpu.mig_current == 0) return NVML_ERROR_NOT_SUPPORTED;
        if (view.board.geometry->find_id(profile_id) == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
        for (std::uint32_t gi = 0; gi < sim::kMaxGpuInstances; ++gi) {
          const sim::GpuInstanceState& instance = view.gpu.instances[gi];
          if (instance.stamp == 0 || instance.profile_id != profile_id) continue;
          found[size++] = {view.at.gpu, gi, sim::kNone, instance.stamp};
        }
        return NVML_SUCCESS;
      });
  if (answer != NVML_SUCCESS) return answer;
  for (unsigned i = 0; i < size; ++i) out[i] = gpu_instance_handle(found[i]);
  *count = size;
  return NVML_SUCCESS;
}

nvmlReturn_t nvmlDeviceGetGpuInstanceById(nvmlDevice_t device, unsigned int id,
                                          nvmlGpuInstance_t* out) {
  Named found;
  const nvmlReturn_t answer = on_mig_parent(__func__, device, given(out), [&](const View& view) {
    if (view.gpu.mig_current == 0) return NVML_ERROR_NOT_SUPPORTED;
    if (id >= sim::kMaxGpuInstances || view.gpu.instances[id].stamp == 0) {
      return NVML_ERROR_NOT_FOUND;
    }
    found = {view.at.gpu, id, sim::kNone, view.gpu.instances[id].stamp};
    return NVML_SUCCESS;
  });
  if (answer == NVML_SUCCESS) *out = gpu_instance_handle(found);
  return answer;
}

nvmlReturn_t nvmlGpuInstanceGetInfo(nvmlGpuInstance_t instance, nvmlGpuInstanceInfo_t* info) {
  return on_instance(__func__, instance, given(info), [&](const View& view) {
    const sim::GpuInstanceState& state = view.instance();
    *info = {gpu_handle(view.at.gpu), view.at.gi, state.profile_id, {state.start, state.size}};
    return NVML_SUCCESS;
  });
}
