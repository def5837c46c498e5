// driver/simulated/check.cpp — can this state have come from make_node and the calls on it?
//
// The last gate before a state file is trusted: everything an index, a shift or a loop depends on,
// and every rule of the machine, field by field. The error names the field.
#include <algorithm>

#include "driver/simulated/admission.h"
#include "driver/simulated/driver_age.h"
#include "driver/simulated/fixed_text.h"
#include "driver/simulated/machine.h"
#include "mig/identity.h"

namespace septet::driver::simulated {

namespace {

[[nodiscard]] std::unexpected<Error> wrong(const std::string& field) {
  return fail(Code::kInternal, field + " is impossible");
}

std::string gpu_word(std::uint32_t gpu) { return "GPU " + std::to_string(gpu); }

bool is_flag(std::uint8_t value) { return value <= 1; }

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

Result<> check_header(const NodeState& node) {
  if (node.gpu_count == 0 || node.gpu_count > kMaxGpus) return wrong("gpu_count");
  if (!is_terminated(node.driver_version)) return wrong("driver_version");
  const auto driver = mig::parse_driver_version(text_of(node.driver_version));
  if (!driver) return wrong("driver_version");
  if (node.cuda_version != cuda_version_of(*driver)) return wrong("cuda_version");
  if (node.next_stamp == 0) return wrong("next_stamp");
  if (node.next_event == 0) return wrong("next_event");
  return {};
}

Result<> check_board(const NodeState& node, std::uint32_t index) {
  const GpuState& gpu = node.gpus[index];
  const std::string word = gpu_word(index) + ": ";
  if (!is_terminated(gpu.product)) return wrong(word + "product");
  const mig::Product* product = mig::find_product(text_of(gpu.product));
  if (product == nullptr) return wrong(word + "product");
  if (!is_terminated(gpu.name)) return wrong(word + "name");
  const bool board_known = std::ranges::any_of(product->boards, [&](const mig::Board& board) {
    // Drivers of the first MIG branches leave the vendor out of the name.
    const std::string name(text_of(gpu.name));
    return (board.name == name || board.name == "NVIDIA " + name) &&
           board.pci_device_id == gpu.pci_device_id;
  });
  if (!board_known) return wrong(word + "name or pci_device_id");
  if (!is_terminated(gpu.serial) || !is_plain(text_of(gpu.serial))) return wrong(word + "serial");
  if (gpu.pci_bus > 0xff || gpu.pci_device > 31) return wrong(word + "pci address");
  if (gpu.minor >= kMaxGpus) return wrong(word + "minor");
  if (gpu.numa_node < -1 || gpu.numa_node > 1023) return wrong(word + "numa_node");
  const std::uint8_t flags[] = {gpu.rotated,     gpu.mig_current, gpu.mig_pending, gpu.persistence,
                                gpu.passthrough, gpu.lost,        gpu.drained};
  if (!std::ranges::all_of(flags, is_flag)) return wrong(word + "a yes-or-no field");
  const std::uint32_t peer = bridge_peer(index);
  if (gpu.nvlinks > kMostNvlinks ||
      (gpu.nvlinks != 0 && (peer >= node.gpu_count || node.gpus[peer].nvlinks != gpu.nvlinks)))
    return wrong(word + "nvlinks");
  for (std::uint32_t other = 0; other < index; ++other) {
    const GpuState& twin = node.gpus[other];
    if (twin.uuid == gpu.uuid) return wrong(word + "uuid (shared with another GPU)");
    if (twin.minor == gpu.minor) return wrong(word + "minor (shared with another GPU)");
    if (twin.pci_domain == gpu.pci_domain && twin.pci_bus == gpu.pci_bus &&
        twin.pci_device == gpu.pci_device)
      return wrong(word + "pci address (shared with another GPU)");
  }
  return {};
}

Result<> check_compute(const NodeState& node, const GpuState& gpu, std::uint32_t gi,
                       const mig::GpuInstanceProfile& profile, const std::string& word) {
  const GpuInstanceState& instance = gpu.instances[gi];
  std::uint16_t taken = 0;
  for (std::uint32_t ci = 0; ci < kMaxComputeInstances; ++ci) {
    const ComputeInstanceState& compute = instance.compute[ci];
    if (compute.stamp == 0) continue;
    const std::string inner = word + "compute instance " + std::to_string(ci) + ": ";
    if (compute.stamp >= node.next_stamp) return wrong(inner + "stamp");
    const auto* inside = profile.find_compute(compute.profile_id);
    if (inside == nullptr) return wrong(inner + "profile_id");
    const mig::Placement at{compute.start, compute.size};
    if (at.size != inside->size || at.start > 15 || ((inside->starts >> at.start) & 1u) == 0)
      return wrong(inner + "placement");
    if ((taken & at.mask()) != 0) return wrong(inner + "placement (overlaps)");
    taken = static_cast<std::uint16_t>(taken | at.mask());
    if (compute.engine != ci) return wrong(inner + "engine");
    if (compute.uuid != compute_instance_uuid(gpu, gi, compute.engine))
      return wrong(inner + "uuid");
  }
  return {};
}

Result<> check_instances(const NodeState& node, std::uint32_t index) {
  const GpuState& gpu = node.gpus[index];
  if (gpu.mig_current == 0 && has_instances(gpu)) return wrong(gpu_word(index) + ": mig_current");
  const mig::Geometry& geometry = geometry_of(node, gpu);
  const auto chip = gpu.rotated != 0 ? mig::ChipLayout::kRotated : mig::ChipLayout::kNormal;
  mig::Occupancy taken;
  for (std::uint32_t gi = 0; gi < kMaxGpuInstances; ++gi) {
    const GpuInstanceState& instance = gpu.instances[gi];
    if (instance.stamp == 0) continue;
    const std::string word = gpu_word(index) + " GPU instance " + std::to_string(gi) + ": ";
    if (instance.stamp >= node.next_stamp) return wrong(word + "stamp");
    const auto* profile = geometry.find_id(instance.profile_id);
    if (profile == nullptr) return wrong(word + "profile_id");
    const mig::Placement at{instance.start, instance.size};
    if (!profile->allows(at)) return wrong(word + "placement");
    if (mig::may_add(geometry, taken, *profile, at) != mig::Refusal::kNone)
      return wrong(word + "placement (no room beside the others)");
    taken.add(*profile, at);
    if (mig::gpu_instance_id(*profile, at.start, chip) != gi) return wrong(word + "id");
    if (auto inside = check_compute(node, gpu, gi, *profile, word); !inside) return inside;
  }
  return {};
}

Result<> check_processes(const NodeState& node) {
  for (const ProcessState& process : node.processes) {
    if (process.pid == 0) continue;
    const std::string word = "process " + std::to_string(process.pid) + ": ";
    if (process.pid < 0) return wrong(word + "pid");
    if (process.gpu >= node.gpu_count) return wrong(word + "gpu");
    if (!is_terminated(process.name)) return wrong(word + "name");
    if (!is_flag(process.graphics)) return wrong(word + "graphics");
    if (process.sm_percent > 100 || process.memory_percent > 100) return wrong(word + "activity");
    if (process.gpu_instance == kNone) {
      if (process.compute_instance != kNone) return wrong(word + "compute_instance");
      continue;
    }
    if (process.gpu_instance >= kMaxGpuInstances) return wrong(word + "gpu_instance");
    const auto& instance = node.gpus[process.gpu].instances[process.gpu_instance];
    if (instance.stamp == 0) return wrong(word + "gpu_instance");
    if (process.compute_instance == kNone) continue;
    if (process.compute_instance >= kMaxComputeInstances ||
        instance.compute[process.compute_instance].stamp == 0)
      return wrong(word + "compute_instance");
  }
  for (const ProcessState& process : node.processes) {
    if (process.pid == 0 || process.gpu_instance == kNone) continue;
    const Load load = instance_load(node, process.gpu, process.gpu_instance, std::nullopt);
    if (load.memory_used_mib > load.memory_total_mib)
      return wrong(gpu_word(process.gpu) + " GPU instance " + std::to_string(process.gpu_instance) +
                   ": memory in use");
  }
  return {};
}

Result<> check_faults_and_events(const NodeState& node) {
  for (std::uint32_t i = 0; i < kMaxFaults; ++i) {
    const FaultState& fault = node.faults[i];
    if (fault.kind == FaultKind::kFree) continue;
    const std::string word = "fault " + std::to_string(fault.serial) + ": ";
    if (fault.kind > FaultKind::kDenied) return wrong(word + "kind");
    if (fault.gpu != kNone && fault.gpu >= node.gpu_count) return wrong(word + "gpu");
    if (fault.code == 0 || fault.code > 999) return wrong(word + "code");
    if (fault.serial >= node.next_fault_serial) return wrong(word + "serial");
  }
  for (std::uint32_t i = 0; i < kMaxEvents; ++i) {
    const EventState& event = node.events[i];
    if (event.sequence == 0) continue;
    const std::string word = "event " + std::to_string(event.sequence) + ": ";
    const bool placed = event.sequence % kMaxEvents == i && event.sequence < node.next_event &&
                        node.next_event - event.sequence <= kMaxEvents;
    if (!placed) return wrong(word + "sequence");
  }
  return {};
}

}  // namespace

Result<> check(const NodeState& node) {
  if (auto header = check_header(node); !header) return header;
  for (std::uint32_t gpu = 0; gpu < node.gpu_count; ++gpu) {
    if (auto board = check_board(node, gpu); !board) return board;
    if (auto instances = check_instances(node, gpu); !instances) return instances;
  }
  if (auto processes = check_processes(node); !processes) return processes;
  return check_faults_and_events(node);
}

}  // namespace septet::driver::simulated
