// mig/node.h — one snapshot of a node: what `observe` gives and everything else reads.
//
// Units.  Memory in MiB, activity in percent (0..100), power in milliwatts, clocks in MHz.
// Shapes. GPUs in driver index order; GPU instances by id; compute instances by id. A value that
//         the driver would not give is nullopt, never 0 and never an empty list standing for
//         "unknown".
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mig/layout.h"
#include "mig/product.h"

namespace septet::mig {

struct Process {
  std::uint32_t pid = 0;
  std::string name;  // from the driver or /proc; empty when neither tells
  std::optional<std::uint64_t> memory_mib;
  std::optional<std::uint32_t> gpu_instance, compute_instance;
  bool graphics = false;
};

// What the driver says a MIG device has. Engines are those of its GPU instance, which its compute
// instances share.
struct DeviceAttributes {
  std::uint32_t multiprocessors = 0, copy_engines = 0, decoders = 0, encoders = 0, jpeg_engines = 0,
                ofa_engines = 0;
  std::uint32_t gpu_slices = 0, compute_slices = 0;
  std::uint64_t memory_mib = 0;
  friend bool operator==(const DeviceAttributes&, const DeviceAttributes&) = default;
};

struct ComputeInstance {
  std::uint32_t id = 0;
  std::uint32_t profile_id = 0;  // NVML_COMPUTE_INSTANCE_PROFILE_*
  Placement at;                  // in slices of the GPU instance
  std::string name;              // "1c.3g.40gb" or "3g.40gb"
  std::string uuid;              // "MIG-..."
  std::uint32_t mig_index = 0;   // MIG device index on its GPU
  std::uint32_t sm = 0;
  std::optional<DeviceAttributes> attributes = std::nullopt;
  friend bool operator==(const ComputeInstance&, const ComputeInstance&) = default;
};

struct Usage {
  std::optional<std::uint64_t> memory_used_mib, memory_total_mib;
  std::optional<std::uint64_t> bar1_used_mib, bar1_total_mib;
  std::optional<std::uint32_t> sm_percent, memory_percent;  // activity
  std::optional<std::uint32_t> engine_percent;   // of the time any work ran; of MIG, by GPM
  std::optional<std::uint64_t> ecc_uncorrected;  // volatile
};

struct GpuInstance {
  std::uint32_t id = 0;
  std::uint32_t profile_id = 0;
  std::string name;  // "3g.40gb"
  Placement at;
  Usage usage;
  std::vector<ComputeInstance> compute;
  std::vector<Process> processes;
};

// A geometry that owns its strings and rows: what a driver answered, or a recorded product file.
class OwnedGeometry {
 public:
  Geometry geometry;  // spans into the members below
  std::deque<std::string> names;
  std::vector<GpuInstanceProfile> profiles;
  std::deque<std::vector<ComputeInstanceProfile>> compute;
  OwnedGeometry() = default;
  OwnedGeometry(const OwnedGeometry&) = delete;  // spans would dangle
  OwnedGeometry& operator=(const OwnedGeometry&) = delete;
};

enum class MigMode : std::uint8_t { kOff, kOn, kUnsupported };

// How a hypervisor has its hands on the GPU, as the driver tells (NVML's GPU virtualization mode).
enum class Virtualization : std::uint8_t {
  kNone,         // bare metal
  kPassthrough,  // the whole GPU given to the virtual machine we are in
  kVgpu,         // a part of it, given to the virtual machine we are in
  kHostVgpu,     // we are the host that gives parts of it away
  kHostVsga,
};

// Of the hypervisor that a vGPU is lent by, as its PCI configuration space tells.
struct VgpuHost {
  std::string driver_version, driver_branch;  // "535.161.05", "r535_00"
  friend bool operator==(const VgpuHost&, const VgpuHost&) = default;
};

// What two GPUs of a node have in common (nvmlGpuTopologyLevel_t), the nearest last.
enum class CommonAncestor : std::uint8_t {
  kSystem,            // only the link between NUMA nodes
  kNumaNode,          // host bridges of one NUMA node
  kHostBridge,        // one host bridge
  kMultipleSwitches,  // several PCIe switches below it
  kOneSwitch,
  kBoard,
};

// How near another GPU of the node is.
struct Peer {
  std::uint32_t gpu = 0;  // index
  CommonAncestor ancestor = CommonAncestor::kSystem;
  std::uint32_t nvlinks = 0;  // active, and straight to it: those through NVSwitches are not told
  friend bool operator==(const Peer&, const Peer&) = default;
};

struct ComputeCapability {
  int major = 0, minor = 0;  // 9, 0
  friend bool operator==(const ComputeCapability&, const ComputeCapability&) = default;
};

struct Gpu {
  std::uint32_t index = 0;
  std::string name, uuid;  // "NVIDIA H100 80GB HBM3", "GPU-..."
  std::string pci_bus_id;  // "00000000:36:00.0"
  std::uint32_t pci_device_id = 0;
  std::optional<std::uint32_t> pci_class;  // class and subclass: 0x0302 a 3D controller, 0x0300 VGA
  std::uint32_t minor = 0;
  std::optional<int> numa_node;
  std::optional<ComputeCapability> compute_capability;
  std::optional<std::string> fabric_clique;  // "<cluster UUID>.<clique>" once it is in a fabric
  std::optional<VgpuHost> vgpu_host;
  std::vector<Peer> peers;  // by index; those that the driver tells of
  std::string serial, vbios, part_number;
  MigMode mode = MigMode::kUnsupported, pending = MigMode::kUnsupported;
  const Product* product = nullptr;  // nullptr: not in septet's tables
  // What this driver offers on this board: from the driver's own answers, tables only fill in
  // names' starts when it will not tell. Never null on a MIG-capable GPU.
  std::shared_ptr<const OwnedGeometry> geometry;
  Usage usage;
  std::optional<std::uint32_t> power_mw, power_limit_mw, temperature_c, sm_clock_mhz,
      memory_clock_mhz;
  std::optional<bool> persistence, ecc_enabled;
  std::optional<Virtualization> virtualization;
  std::optional<std::uint32_t> performance_state;  // 0 = P0
  std::vector<GpuInstance> instances;
  std::vector<Process> processes;  // of the whole GPU, those inside instances included
  std::optional<std::string>
      problem;  // why this GPU cannot be read (lost, ...); the rest is then unknown

  std::uint32_t mig_device_count() const;
};

struct Node {
  std::string driver_version, nvml_version;
  int cuda_version = 0;  // 12080 = 12.8
  bool simulated = false;
  std::string simulated_state;  // path of the state file, when simulated
  std::vector<Gpu> gpus;
};

// The instances of a GPU as a Layout of `gpu.geometry`. kInternal when the driver reports something
// the geometry calls illegal (an unknown profile, an impossible placement): better to stop than
// guess.
Result<Layout> layout_of(const Gpu& gpu);

}  // namespace septet::mig
