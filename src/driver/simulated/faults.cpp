// driver/simulated/faults.cpp — calls that fail on demand, and the events that clients wait for.
#include <array>

#include "driver/simulated/machine.h"

namespace septet::driver::simulated {

namespace {

constexpr std::uint32_t kLargestCode = 999;

constexpr std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return hash;
}

// R10: what needs CAP_SYS_ADMIN or the mig/config capability.
constexpr std::array kConfigurationCalls = {
    fnv1a("nvmlDeviceSetMigMode"),
    fnv1a("nvmlDeviceCreateGpuInstance"),
    fnv1a("nvmlDeviceCreateGpuInstanceWithPlacement"),
    fnv1a("nvmlGpuInstanceDestroy"),
    fnv1a("nvmlGpuInstanceCreateComputeInstance"),
    fnv1a("nvmlGpuInstanceCreateComputeInstanceWithPlacement"),
    fnv1a("nvmlComputeInstanceDestroy"),
};

bool needs_right_to_configure(std::uint64_t call_hash) {
  for (const std::uint64_t call : kConfigurationCalls) {
    if (call == call_hash) return true;
  }
  return false;
}

}  // namespace

std::uint64_t fault_call_hash(std::string_view nvml_function) { return fnv1a(nvml_function); }

Result<std::uint32_t> add_fault(NodeState& node, FaultState fault) {
  if (fault.kind == FaultKind::kFree || fault.kind > FaultKind::kDenied)
    return fail(Code::kInvalidArgument, "a fault of no kind");
  if (fault.gpu != kNone && fault.gpu >= node.gpu_count)
    return fail(Code::kInvalidArgument, "a fault on GPU " + std::to_string(fault.gpu),
                "this node has GPUs 0.." + std::to_string(node.gpu_count - 1));
  if (fault.kind == FaultKind::kDenied && fault.code == 0)
    fault.code = static_cast<std::uint32_t>(Status::kNoPermission);
  if (fault.code == 0 || fault.code > kLargestCode)
    return fail(Code::kInvalidArgument, "a failing call that answers " + std::to_string(fault.code),
                "return codes that mean failure are 1.." + std::to_string(kLargestCode));
  for (FaultState& slot : node.faults) {
    if (slot.kind != FaultKind::kFree) continue;
    slot = fault;
    slot.serial = node.next_fault_serial++;
    return slot.serial;
  }
  return fail(Code::kBusy, "this node already has " + std::to_string(kMaxFaults) + " faults",
              "clear them first: septet sim fault --clear");
}

void clear_faults(NodeState& node) {
  for (FaultState& slot : node.faults) slot = {};
}

bool fault_concerns(const FaultState& fault, std::uint64_t call_hash, std::uint32_t gpu) {
  if (fault.kind == FaultKind::kFree) return false;
  if (fault.gpu != kNone && fault.gpu != gpu) return false;
  if (fault.call != 0) return fault.call == call_hash;
  return fault.kind == FaultKind::kCallFails || needs_right_to_configure(call_hash);
}

Status fault_answer(const FaultState& fault, std::uint32_t count) {
  const std::uint32_t first = fault.nth == 0 ? 1 : fault.nth;
  if (count < first) return Status::kSuccess;
  if (fault.times != 0 && count - first >= fault.times) return Status::kSuccess;
  return static_cast<Status>(fault.code);
}

void post_event(NodeState& node, std::uint64_t type, std::uint64_t data, std::uint32_t gpu,
                std::uint32_t gi, std::uint32_t ci) {
  const std::uint64_t sequence = node.next_event++;
  node.events[sequence % kMaxEvents] = {sequence, type, data, gpu, gi, ci, 0};
}

}  // namespace septet::driver::simulated
