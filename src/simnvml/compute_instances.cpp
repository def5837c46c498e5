// simnvml/compute_instances.cpp — compute instances: create, destroy, list, describe.
#include <array>

#include "simnvml/abi/prototypes_mig.h"
#include "simnvml/call.h"
#include "simnvml/placement.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;
namespace mig = septet::mig;

namespace {

nvmlReturn_t create(CallName name, nvmlGpuInstance_t instance, bool arguments_given,
                    unsigned int profile_id, std::optional<mig::Placement> at,
                    nvmlComputeInstance_t* out) {
  Named made;
  const nvmlReturn_t answer = change(
      {name, arguments_given, Takes::kAny, &sim::NodeState::create_latency_us}, instance,
      [&](sim::NodeState& node, const Named& in) {
        const auto created = sim::create_compute_instance(node, in.gpu, in.gi, profile_id, at);
        if (created.status != sim::Status::kSuccess) return created.status;
        const auto& state = node.gpus[in.gpu].instances[in.gi].compute[created.id];
        made = {in.gpu, in.gi, created.id, state.stamp};
        return sim::Status::kSuccess;
      });
  if (answer == NVML_SUCCESS) *out = compute_instance_handle(made);
  return answer;
}

template <typename Info>
void fill_place(Info& info, const View& view, nvmlGpuInstance_t inside) {
  info.device = gpu_handle(view.at.gpu);
  info.gpuInstance = inside;
  info.id = view.at.ci;
  info.profileId = view.compute().profile_id;
}

// The handle of the GPU instance around it, for the answer.
nvmlGpuInstance_t around(const View& view) {
  return gpu_instance_handle({view.at.gpu, view.at.gi, sim::kNone, view.instance().stamp});
}

}  // namespace

nvmlReturn_t nvmlGpuInstanceCreateComputeInstance(nvmlGpuInstance_t instance,
                                                  unsigned int profile_id,
                                                  nvmlComputeInstance_t* out) {
  return create(__func__, instance, given(out), profile_id, std::nullopt, out);
}

nvmlReturn_t nvmlGpuInstanceCreateComputeInstanceWithPlacement(
    nvmlGpuInstance_t instance, unsigned int profile_id, const nvmlComputeInstancePlacement_t* at,
    nvmlComputeInstance_t* out) {
  return create(__func__, instance, given(at, out), profile_id, placement_of(at), out);
}

nvmlReturn_t nvmlComputeInstanceDestroy(nvmlComputeInstance_t compute) {
  return change({__func__, true, Takes::kAny, &sim::NodeState::destroy_latency_us}, compute,
                [](sim::NodeState& node, const Named& at) {
                  return sim::destroy_compute_instance(node, at.gpu, at.gi, at.ci);
                });
}

// By ascending id; the buffer holds the profile's instanceCount.
nvmlReturn_t nvmlGpuInstanceGetComputeInstances(nvmlGpuInstance_t instance, unsigned int profile_id,
                                                nvmlComputeInstance_t* out, unsigned int* count) {
  std::array<Named, sim::kMaxComputeInstances> found;
  unsigned size = 0;
  const bool known = profile_id < NVML_COMPUTE_INSTANCE_PROFILE_COUNT;
  const nvmlReturn_t answer =
      on_instance(__func__, instance, given(out, count) && known, [&](const View& view) {
        size = 0;
        for (std::uint32_t ci = 0; ci < sim::kMaxComputeInstances; ++ci) {
          const sim::ComputeInstanceState& compute = view.instance().compute[ci];
          if (compute.stamp == 0 || compute.profile_id != profile_id) continue;
          found[size++] = {view.at.gpu, view.at.gi, ci, compute.stamp};
        }
        return NVML_SUCCESS;
      });
  if (answer != NVML_SUCCESS) return answer;
  for (unsigned i = 0; i < size; ++i) out[i] = compute_instance_handle(found[i]);
  *count = size;
  return NVML_SUCCESS;
}

nvmlReturn_t nvmlGpuInstanceGetComputeInstanceById(nvmlGpuInstance_t instance, unsigned int id,
                                                   nvmlComputeInstance_t* out) {
  Named found;
  const nvmlReturn_t answer = on_instance(__func__, instance, given(out), [&](const View& view) {
    if (id >= sim::kMaxComputeInstances || view.instance().compute[id].stamp == 0) {
      return NVML_ERROR_NOT_FOUND;
    }
    found = {view.at.gpu, view.at.gi, id, view.instance().compute[id].stamp};
    return NVML_SUCCESS;
  });
  if (answer == NVML_SUCCESS) *out = compute_instance_handle(found);
  return answer;
}

nvmlReturn_t nvmlComputeInstanceGetInfo(nvmlComputeInstance_t compute,
                                        nvmlComputeInstanceInfo_v1_t* info) {
  return on_instance(__func__, compute, given(info), [&](const View& view) {
    fill_place(*info, view, around(view));
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlComputeInstanceGetInfo_v2(nvmlComputeInstance_t compute,
                                           nvmlComputeInstanceInfo_t* info) {
  return on_instance(__func__, compute, given(info), [&](const View& view) {
    fill_place(*info, view, around(view));
    info->placement = {view.compute().start, view.compute().size};
    return NVML_SUCCESS;
  });
}
