// driver/simulated/machine.h — what the driver does to a node: the state machine of rules R0-R12.
//
// Pure: state in, state and status out; no clock, file, lock or process table. The file keeps it
// (state_file.h), libnvidia-ml.so.1 exports it (simnvml/), SimulatedDriver wraps it for tests.
// Errors: the driver's own return codes (rules R8), as Status. A call that fails changes nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "driver/simulated/state.h"
#include "mig/layout.h"
#include "mig/product.h"

namespace septet::driver::simulated {

// nvmlReturn_t values that the machine answers (HDR numbers, R8).
enum class Status : int {
  kSuccess = 0,
  kUninitialized = 1,
  kInvalidArgument = 2,
  kNotSupported = 3,
  kNoPermission = 4,
  kNotFound = 6,
  kInsufficientSize = 7,
  kDriverNotLoaded = 9,
  kTimeout = 10,
  kGpuIsLost = 15,
  kResetRequired = 16,
  kInUse = 19,
  kInsufficientResources = 23,
  kUnknown = 999,
};

// ---- what a node is made of -------------------------------------------------------------------
struct BoardSpec {
  std::string product = "h100-sxm5-80gb";
  std::string name;  // empty: the product's first board
  mig::ChipLayout chip = mig::ChipLayout::kNormal;
  bool mig = false;  // mode already in force
  bool persistence = true;
  bool passthrough = false;
  std::uint8_t nvlinks = 0;        // of the bridge to the other GPU of its pair
  std::optional<std::string> pci;  // "00000000:36:00.0"; default: one bus per GPU
  std::optional<int> numa;         // default: first half of the GPUs 0, second half 1 (one GPU: 0)
  std::optional<std::string> uuid;
};
struct NodeSpec {
  std::vector<BoardSpec> boards;
  std::string driver_version;  // empty: the newest default_driver of the products
  std::uint64_t seed = 1;
};
// kInvalidArgument with the nearest product ids, a bad PCI id, too many GPUs, a driver too old for
// MIG ...
Result<NodeState> make_node(const NodeSpec& spec);
// Is every field of the state something make_node and the calls below can have produced? Names the
// field.
Result<> check(const NodeState& node);

// ---- what it can be cut into ------------------------------------------------------------------
// Product and geometry (of the node's driver version) of a GPU. Never null for a checked state.
const mig::Product& product_of(const GpuState& gpu);
const mig::Geometry& geometry_of(const NodeState& node, const GpuState& gpu);
mig::Occupancy occupancy_of(const NodeState& node, const GpuState& gpu);
std::uint16_t taken_slices(const GpuInstanceState& instance);

// ---- the calls ----------------------------------------------------------------------------------
struct ModeAnswer {
  Status status = Status::kSuccess;
  Status activation = Status::kSuccess;
};
// R7. Ampere: pending until reset; Hopper and later at once. Clients on the GPU or live GIs:
// activation kInUse.
ModeAnswer set_mig_mode(NodeState& node, std::uint32_t gpu, bool on);
Status reset_gpu(NodeState& node,
                 std::uint32_t gpu);  // kInUse with clients; kNotSupported when passthrough

struct Created {
  Status status = Status::kSuccess;
  std::uint32_t id = 0;
};
Created create_gpu_instance(NodeState& node, std::uint32_t gpu, std::uint32_t profile_id,
                            std::optional<mig::Placement> at);
Status destroy_gpu_instance(NodeState& node, std::uint32_t gpu, std::uint32_t gi);
Created create_compute_instance(NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                                std::uint32_t profile_id, std::optional<mig::Placement> at);
Status destroy_compute_instance(NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                                std::uint32_t ci);

// kNotSupported while MIG mode is off; kInvalidArgument for a profile id this board lacks.
Created remaining_gpu_instances(const NodeState& node, std::uint32_t gpu, std::uint32_t profile_id);
Created remaining_compute_instances(const NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                                    std::uint32_t profile_id);

// MIG devices of a GPU in index order (R4): ascending GI id, then CI id. Returns how many were
// written.
struct MigDevice {
  std::uint32_t gi = 0, ci = 0;
};
std::size_t mig_devices(const GpuState& gpu, std::span<MigDevice> out);

// ---- living numbers ---------------------------------------------------------------------------
struct Load {  // of a GPU, a GPU instance or a compute instance
  std::uint64_t memory_total_mib = 0, memory_used_mib = 0, memory_reserved_mib = 0;
  std::uint64_t bar1_total_mib = 0, bar1_used_mib = 0;
  std::uint32_t sm_percent = 0, memory_percent = 0;
};
Load gpu_load(const NodeState& node, std::uint32_t gpu);
Load instance_load(const NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                   std::optional<std::uint32_t> ci);
struct Telemetry {
  std::uint32_t power_mw = 0, power_limit_mw = 0, temperature_c = 0;
  std::uint32_t sm_clock_mhz = 0, memory_clock_mhz = 0, sm_clock_max_mhz = 0,
                memory_clock_max_mhz = 0;
};
Telemetry telemetry(const NodeState& node, std::uint32_t gpu);
// Millijoules up to `now_ns`. settle_energy writes them down: call it before anything that changes
// the power drawn (attach_process, detach_process, restart_driver, reboot).
std::uint64_t energy_mj(const NodeState& node, std::uint32_t gpu, std::uint64_t now_ns);
void settle_energy(NodeState& node, std::uint64_t now_ns);

// ---- what happens to a node ---------------------------------------------------------------------
// A process attaches to a GPU or an instance. kNotFound, kInUse (MIG is on and no instance named is
// fine only for graphics holders such as Xorg), kInsufficientResources (more memory than the
// instance has).
Status attach_process(NodeState& node, const ProcessState& process);
Status detach_process(NodeState& node, std::int32_t pid);
// Forgets processes that are gone; `alive` is asked for each.
void reap_processes(NodeState& node, bool (*alive)(const ProcessState&));
bool has_clients(const NodeState& node, std::uint32_t gpu);

void post_event(NodeState& node, std::uint64_t type, std::uint64_t data, std::uint32_t gpu,
                std::uint32_t gi, std::uint32_t ci);
// R7: instances never survive; Ampere's mode does (pending takes effect on reboot), Hopper's does
// not.
void restart_driver(NodeState& node);
void reboot(NodeState& node);

std::uint64_t fault_call_hash(std::string_view nvml_function);       // FNV-1a
Result<std::uint32_t> add_fault(NodeState& node, FaultState fault);  // its serial
void clear_faults(NodeState& node);
// Does a call concern this fault? `gpu` kNone: the call names no GPU. A kDenied fault that names no
// call concerns the calls that need the right to configure MIG (R10).
bool fault_concerns(const FaultState& fault, std::uint64_t call_hash, std::uint32_t gpu);
// What the `count`th (1, 2, ...) call that the fault concerns is answered; kSuccess = it proceeds.
Status fault_answer(const FaultState& fault, std::uint32_t count);

}  // namespace septet::driver::simulated
