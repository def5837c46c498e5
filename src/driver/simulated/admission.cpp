#include "driver/simulated/admission.h"

namespace septet::driver::simulated {

Status gpu_answers(const NodeState& node, std::uint32_t gpu) {
  if (gpu >= node.gpu_count || gpu >= kMaxGpus) return Status::kInvalidArgument;
  return node.gpus[gpu].lost != 0 ? Status::kGpuIsLost : Status::kSuccess;
}

Status mig_answers(const NodeState& node, std::uint32_t gpu) {
  if (const Status status = gpu_answers(node, gpu); status != Status::kSuccess) return status;
  return node.gpus[gpu].mig_current == 0 ? Status::kNotSupported : Status::kSuccess;
}

Status instance_answers(const NodeState& node, std::uint32_t gpu, std::uint32_t gi) {
  if (const Status status = mig_answers(node, gpu); status != Status::kSuccess) return status;
  const bool there = gi < kMaxGpuInstances && node.gpus[gpu].instances[gi].stamp != 0;
  return there ? Status::kSuccess : Status::kNotFound;
}

bool has_instances(const GpuState& gpu) {
  for (const GpuInstanceState& instance : gpu.instances) {
    if (instance.stamp != 0) return true;
  }
  return false;
}

bool has_clients(const NodeState& node, std::uint32_t gpu) {
  for (const ProcessState& process : node.processes) {
    if (process.pid != 0 && process.gpu == gpu) return true;
  }
  return false;
}

bool has_client_outside_instances(const NodeState& node, std::uint32_t gpu) {
  for (const ProcessState& process : node.processes) {
    if (process.pid != 0 && process.gpu == gpu && process.gpu_instance == kNone) return true;
  }
  return false;
}

bool has_client_inside(const NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                       std::optional<std::uint32_t> ci) {
  for (const ProcessState& process : node.processes) {
    if (process.pid == 0 || process.gpu != gpu || process.gpu_instance != gi) continue;
    if (!ci || process.compute_instance == *ci) return true;
  }
  return false;
}

void forget_instances(GpuState& gpu) {
  for (GpuInstanceState& instance : gpu.instances) instance = {};
}

mig::Uuid compute_instance_uuid(const GpuState& gpu, std::uint32_t gi, std::uint8_t engine) {
  return mig::mig_uuid(static_cast<std::uint16_t>(gpu.pci_device_id >> 16), gpu.pdi, gi, engine);
}

}  // namespace septet::driver::simulated
