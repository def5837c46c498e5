// driver/simulated/state.h — the whole simulated node as one plain value.
//
// Shapes. Fixed size, no pointers, trivially copyable: it is mapped from the node's state file,
// copied
//         for every change and published whole (state_file.h). Arrays are bounded by the driver's
//         own limits: 32 GPUs, GI ids 0..14, CI ids 0..7 (rules R2, R3, R10).
// Units.  MiB, milliwatts, percent; times are CLOCK_REALTIME nanoseconds.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>

#include "mig/identity.h"

namespace septet::driver::simulated {

inline constexpr std::uint32_t kMaxGpus = 32;
inline constexpr std::uint32_t kMaxGpuInstances = 15;
inline constexpr std::uint32_t kMaxComputeInstances = 8;
inline constexpr std::uint32_t kMaxProcesses = 128;
inline constexpr std::uint32_t kMaxFaults = 16;
inline constexpr std::uint32_t kMaxEvents = 64;
inline constexpr std::uint32_t kNone = 0xffffffffu;

struct ComputeInstanceState {
  std::uint64_t stamp;  // NodeState::next_stamp when it was created; 0 = not there
  std::uint8_t profile_id, start, size, engine;
  std::uint8_t pad[4];
  mig::Uuid uuid;
};

struct GpuInstanceState {  // at index = its id
  std::uint64_t stamp;     // 0 = not there
  std::uint32_t profile_id;
  std::uint8_t start, size;
  std::uint8_t pad[2];
  ComputeInstanceState compute[kMaxComputeInstances];
};

struct GpuState {
  char product[48];  // key of mig::find_product
  char name[64];     // as NVML reports it
  mig::Uuid uuid;
  std::uint64_t pdi;  // per-device identifier the UUIDs derive from
  char serial[24];
  std::uint32_t pci_domain, pci_bus, pci_device, pci_device_id;
  std::uint32_t minor;
  std::int32_t numa_node;
  std::uint8_t rotated, mig_current, mig_pending, persistence;
  std::uint8_t passthrough;  // in a VM: cannot be reset from inside (R7)
  std::uint8_t lost;         // fell off the bus: every call answers GPU_IS_LOST
  std::uint8_t drained;
  std::uint8_t nvlinks;  // of a bridge to the other GPU of its pair, bridge_peer()
  std::uint64_t ecc_corrected_volatile, ecc_uncorrected_volatile;
  std::uint64_t ecc_corrected_aggregate, ecc_uncorrected_aggregate;
  std::uint64_t energy_mj, energy_at_ns;  // millijoules up to that time
  GpuInstanceState instances[kMaxGpuInstances];
};

// NVLink bridges join the GPUs 0 and 1, 2 and 3 ...
inline constexpr std::uint8_t kMostNvlinks = 18;
constexpr std::uint32_t bridge_peer(std::uint32_t gpu) { return gpu ^ 1u; }

struct ProcessState {
  std::int32_t pid;                                   // 0 = free entry
  std::uint32_t gpu, gpu_instance, compute_instance;  // kNone = not inside one
  std::uint64_t
      start_ticks;  // field 22 of /proc/pid/stat: tells a reused pid from the same process
  std::uint64_t memory_mib;
  std::uint32_t sm_percent, memory_percent;  // of its instance
  std::uint8_t graphics, pad[7];
  char name[64];
};

enum class FaultKind : std::uint8_t { kFree, kCallFails, kDenied };

struct FaultState {
  FaultKind kind;
  std::uint8_t pad[3];
  std::uint32_t gpu;     // kNone = any
  std::uint64_t call;    // fault_call_hash(name) of the NVML function; 0 = any call
  std::uint32_t code;    // nvmlReturn_t to answer
  std::uint32_t nth;     // fails the nth matching call from now (1 = the next); 0 = every call
  std::uint32_t times;   // how many calls fail from the nth on; 0 = for ever
  std::uint32_t serial;  // identifies the fault to people
};

struct EventState {
  std::uint64_t sequence;  // 1, 2, 3 ...; entry = sequence % kMaxEvents
  std::uint64_t type;      // nvmlEventType*
  std::uint64_t data;      // Xid number
  std::uint32_t gpu, gpu_instance, compute_instance;
  std::uint32_t pad;
};

struct NodeState {
  std::uint32_t gpu_count;
  char driver_version[32];
  std::uint32_t cuda_version;  // 12080
  std::uint32_t boot;          // counts reboots
  std::uint32_t driver_load;   // counts driver loads: clients that opened before must open again
  std::uint32_t create_latency_us, destroy_latency_us, mode_latency_us;
  std::uint32_t next_fault_serial;
  std::uint64_t next_stamp;  // never reused: tells an instance from its successor with the same id
  std::uint64_t next_event;  // sequence of the next event
  std::uint64_t seed;        // UUIDs of this node derive from it
  EventState events[kMaxEvents];
  FaultState faults[kMaxFaults];
  ProcessState processes[kMaxProcesses];
  GpuState gpus[kMaxGpus];  // last, so that a copy of the used part is one run of bytes
};
static_assert(std::is_trivially_copyable_v<NodeState>);

// Bytes of the state that a node of `gpu_count` GPUs uses.
constexpr std::size_t used_bytes(std::uint32_t gpu_count) {
  return sizeof(NodeState) - sizeof(GpuState) * (kMaxGpus - gpu_count);
}

}  // namespace septet::driver::simulated
