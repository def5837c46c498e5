// driver/simulated/instances.cpp — creating and destroying GPU instances and compute instances.
#include "driver/simulated/admission.h"
#include "driver/simulated/machine.h"
#include "mig/default_placement.h"
#include "mig/identity.h"

namespace septet::driver::simulated {

namespace {

constexpr std::uint32_t kComputeProfileCount = 9;  // NVML_COMPUTE_INSTANCE_PROFILE_COUNT (HDR)

mig::ChipLayout chip_of(const GpuState& gpu) {
  return gpu.rotated != 0 ? mig::ChipLayout::kRotated : mig::ChipLayout::kNormal;
}

// The first instance needs a GPU that nobody uses (R8, KDRV CreateGPUInstanceCheck).
bool held_from_outside(const NodeState& node, std::uint32_t gpu) {
  return !has_instances(node.gpus[gpu]) && has_client_outside_instances(node, gpu);
}

struct ComputeProfile {
  Status status = Status::kSuccess;
  const mig::GpuInstanceProfile* outer = nullptr;
  const mig::ComputeInstanceProfile* profile = nullptr;
};

ComputeProfile compute_profile(const NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                               std::uint32_t profile_id) {
  if (const Status status = instance_answers(node, gpu, gi); status != Status::kSuccess)
    return {status};
  if (profile_id >= kComputeProfileCount) return {Status::kInvalidArgument};
  const GpuState& state = node.gpus[gpu];
  const auto* outer = geometry_of(node, state).find_id(state.instances[gi].profile_id);
  if (outer == nullptr) return {Status::kUnknown};
  const auto* profile = outer->find_compute(profile_id);
  if (profile == nullptr) return {Status::kNotSupported};
  return {Status::kSuccess, outer, profile};
}

// R3: where an explicit placement may not go, and what the driver says then.
Status explicit_compute_status(mig::Architecture architecture, std::uint16_t taken,
                               const mig::ComputeInstanceProfile& profile, mig::Placement at) {
  if (at.size != profile.size || at.start >= 16 || ((profile.starts >> at.start) & 1u) == 0)
    return Status::kInvalidArgument;
  if ((taken & at.mask()) == 0) return Status::kSuccess;
  return architecture == mig::Architecture::kAmpere ? Status::kInsufficientResources
                                                    : Status::kInUse;
}

}  // namespace

Created create_gpu_instance(NodeState& node, std::uint32_t gpu, std::uint32_t profile_id,
                            std::optional<mig::Placement> at) {
  if (const Status status = mig_answers(node, gpu); status != Status::kSuccess) return {status};
  GpuState& state = node.gpus[gpu];
  const mig::Geometry& geometry = geometry_of(node, state);
  const mig::GpuInstanceProfile* profile = geometry.find_id(profile_id);
  if (profile == nullptr) return {Status::kInvalidArgument};
  if (at && !profile->allows(*at)) return {Status::kInvalidArgument};
  if (held_from_outside(node, gpu)) return {Status::kInUse};

  const mig::Occupancy taken = occupancy_of(node, state);
  if (!at) at = mig::default_placement(geometry, taken, *profile);
  if (!at || mig::may_add(geometry, taken, *profile, *at) != mig::Refusal::kNone)
    return {Status::kInsufficientResources};
  const auto id = mig::gpu_instance_id(*profile, at->start, chip_of(state));
  if (!id || *id >= kMaxGpuInstances || state.instances[*id].stamp != 0) return {Status::kUnknown};

  GpuInstanceState& instance = state.instances[*id];
  instance = {};
  instance.stamp = node.next_stamp++;
  instance.profile_id = profile_id;
  instance.start = at->start;
  instance.size = at->size;
  return {Status::kSuccess, *id};
}

Status destroy_gpu_instance(NodeState& node, std::uint32_t gpu, std::uint32_t gi) {
  if (const Status status = instance_answers(node, gpu, gi); status != Status::kSuccess)
    return status;
  GpuInstanceState& instance = node.gpus[gpu].instances[gi];
  for (const ComputeInstanceState& compute : instance.compute) {
    if (compute.stamp != 0) return Status::kInUse;
  }
  if (has_client_inside(node, gpu, gi, std::nullopt)) return Status::kInUse;
  instance = {};
  return Status::kSuccess;
}

Created create_compute_instance(NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                                std::uint32_t profile_id, std::optional<mig::Placement> at) {
  const auto [status, outer, profile] = compute_profile(node, gpu, gi, profile_id);
  if (status != Status::kSuccess) return {status};
  GpuState& state = node.gpus[gpu];
  GpuInstanceState& instance = state.instances[gi];
  const mig::Architecture architecture = product_of(state).architecture;
  const std::uint16_t taken = taken_slices(instance);
  if (at) {
    const Status allowed = explicit_compute_status(architecture, taken, *profile, *at);
    if (allowed != Status::kSuccess) return {allowed};
  } else {
    at = mig::default_compute_placement(architecture, *outer, taken, *profile);
    if (!at) return {Status::kInsufficientResources};
  }
  std::uint32_t id = 0;  // lowest free (R3)
  while (id < kMaxComputeInstances && instance.compute[id].stamp != 0) ++id;
  if (id == kMaxComputeInstances) return {Status::kInsufficientResources};

  ComputeInstanceState& compute = instance.compute[id];
  compute = {};
  compute.stamp = node.next_stamp++;
  compute.profile_id = static_cast<std::uint8_t>(profile_id);
  compute.start = at->start;
  compute.size = at->size;
  compute.engine = static_cast<std::uint8_t>(id);
  compute.uuid = compute_instance_uuid(state, gi, compute.engine);
  return {Status::kSuccess, id};
}

Status destroy_compute_instance(NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                                std::uint32_t ci) {
  if (const Status status = instance_answers(node, gpu, gi); status != Status::kSuccess)
    return status;
  if (ci >= kMaxComputeInstances) return Status::kNotFound;
  ComputeInstanceState& compute = node.gpus[gpu].instances[gi].compute[ci];
  if (compute.stamp == 0) return Status::kNotFound;
  if (has_client_inside(node, gpu, gi, ci)) return Status::kInUse;
  compute = {};
  return Status::kSuccess;
}

Created remaining_gpu_instances(const NodeState& node, std::uint32_t gpu,
                                std::uint32_t profile_id) {
  if (const Status status = mig_answers(node, gpu); status != Status::kSuccess) return {status};
  const GpuState& state = node.gpus[gpu];
  const mig::Geometry& geometry = geometry_of(node, state);
  const mig::GpuInstanceProfile* profile = geometry.find_id(profile_id);
  if (profile == nullptr) return {Status::kInvalidArgument};
  if (held_from_outside(node, gpu)) return {Status::kSuccess, 0};  // R5: 0/n while clients block
  return {Status::kSuccess, mig::remaining(geometry, occupancy_of(node, state), *profile)};
}

Created remaining_compute_instances(const NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                                    std::uint32_t profile_id) {
  const auto [status, outer, profile] = compute_profile(node, gpu, gi, profile_id);
  if (status != Status::kSuccess) return {status};
  const std::uint16_t taken = taken_slices(node.gpus[gpu].instances[gi]);
  return {Status::kSuccess, mig::remaining_compute(taken, *profile)};
}

}  // namespace septet::driver::simulated
