// driver/simulated/processes.cpp — who uses a GPU or an instance: attach, detach, forget the dead.
#include <algorithm>

#include "driver/simulated/admission.h"
#include "driver/simulated/fixed_text.h"
#include "driver/simulated/machine.h"

namespace septet::driver::simulated {

namespace {

bool same_place(const ProcessState& a, const ProcessState& b) {
  return a.gpu == b.gpu && a.gpu_instance == b.gpu_instance &&
         a.compute_instance == b.compute_instance;
}

Status place_answers(const NodeState& node, const ProcessState& process) {
  if (const Status status = gpu_answers(node, process.gpu); status != Status::kSuccess)
    return status;
  const GpuState& gpu = node.gpus[process.gpu];
  if (process.gpu_instance == kNone) {
    if (process.compute_instance != kNone) return Status::kInvalidArgument;
    const bool refused = gpu.mig_current != 0 && process.graphics == 0;
    return refused ? Status::kInUse : Status::kSuccess;
  }
  if (instance_answers(node, process.gpu, process.gpu_instance) != Status::kSuccess)
    return Status::kNotFound;
  if (process.compute_instance == kNone) return Status::kSuccess;
  if (process.compute_instance >= kMaxComputeInstances) return Status::kNotFound;
  const auto& compute = gpu.instances[process.gpu_instance].compute[process.compute_instance];
  return compute.stamp != 0 ? Status::kSuccess : Status::kNotFound;
}

std::uint64_t free_memory(const Load& load) {
  return load.memory_total_mib - std::min(load.memory_total_mib, load.memory_used_mib);
}

// Memory is the GPU instance's: its compute instances share it (R3). An instance without memory of
// its own (Thor) uses the GPU's.
std::uint64_t free_memory(const NodeState& node, const ProcessState& process) {
  const std::uint64_t of_gpu = free_memory(gpu_load(node, process.gpu));
  if (process.gpu_instance == kNone) return of_gpu;
  const Load inside = instance_load(node, process.gpu, process.gpu_instance, std::nullopt);
  return inside.memory_total_mib == 0 ? of_gpu : std::min(of_gpu, free_memory(inside));
}

}  // namespace

Status attach_process(NodeState& node, const ProcessState& process) {
  const bool well_formed = process.pid > 0 && process.sm_percent <= 100 &&
                           process.memory_percent <= 100 && process.graphics <= 1 &&
                           is_terminated(process.name);
  if (!well_formed) return Status::kInvalidArgument;
  if (const Status status = place_answers(node, process); status != Status::kSuccess) return status;

  ProcessState* slot = nullptr;  // its own entry when it attaches again, else the first free one
  std::uint64_t held = 0;
  for (ProcessState& entry : node.processes) {
    if (entry.pid == process.pid && same_place(entry, process)) {
      slot = &entry;
      held = entry.memory_mib;
      break;
    }
    if (slot == nullptr && entry.pid == 0) slot = &entry;
  }
  if (slot == nullptr) return Status::kInsufficientResources;
  if (process.memory_mib > free_memory(node, process) + held) return Status::kInsufficientResources;
  *slot = process;
  set_text(slot->name, text_of(process.name));
  return Status::kSuccess;
}

Status detach_process(NodeState& node, std::int32_t pid) {
  if (pid <= 0) return Status::kInvalidArgument;
  Status status = Status::kNotFound;
  for (ProcessState& entry : node.processes) {
    if (entry.pid != pid) continue;
    entry = {};
    status = Status::kSuccess;
  }
  return status;
}

void reap_processes(NodeState& node, bool (*alive)(const ProcessState&)) {
  for (ProcessState& entry : node.processes) {
    if (entry.pid != 0 && !alive(entry)) entry = {};
  }
}

}  // namespace septet::driver::simulated
