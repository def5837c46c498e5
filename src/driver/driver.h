// driver/driver.h — the only virtual interface of septet's core: the edge of the machine.
//
// Two implementations: NvmlDriver (nvml/…, dlopen of a libnvidia-ml.so.1, real or simulated) and
// SimulatedDriver (simulated/…, a node in this process, for tests). A method earns its place here
// only if hardware must answer it; what can be computed from the answers belongs in mig/ or plan/.
//
// Threads: calls on one Driver must be serialized by the caller.
// Errors:  carry the driver's return code in driver_status. kUnavailable means "we do not know".
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "mig/node.h"

namespace septet::driver {

struct ModeChange {
  mig::MigMode current = mig::MigMode::kUnsupported;
  mig::MigMode pending = mig::MigMode::kUnsupported;
  int activation_status =
      0;  // nvmlReturn_t: 0 in force, 16 reset required, 19 in use, 3 not supported
};

struct GpuInstanceRef {
  std::uint32_t gpu = 0;  // driver index
  std::uint32_t id = 0;
  friend auto operator<=>(const GpuInstanceRef&, const GpuInstanceRef&) = default;
};

class Driver {
 public:
  virtual ~Driver() = default;

  // Everything, at one moment as far as the driver allows: a list that changes while it is read is
  // read again (bounded), then kUnavailable.
  virtual Result<mig::Node> observe() = 0;
  // One GPU of it, without its peers.
  virtual Result<mig::Gpu> observe_gpu(std::uint32_t gpu) = 0;

  virtual Result<ModeChange> set_mig_mode(std::uint32_t gpu, bool on) = 0;
  // Resets the GPU so that a pending mode takes effect. kNotSupported where the driver library
  // cannot (real NVML has no such call; the remedy names the command that can).
  virtual Result<> reset(std::uint32_t gpu) = 0;

  // Returns the id of the new GPU instance. Placement in memory units; none = the driver chooses.
  virtual Result<std::uint32_t> create_gpu_instance(std::uint32_t gpu, std::uint32_t profile_id,
                                                    std::optional<mig::Placement> at) = 0;
  virtual Result<> destroy_gpu_instance(GpuInstanceRef instance) = 0;
  // Returns the id of the new compute instance inside `instance`. Placement in slices of it.
  virtual Result<std::uint32_t> create_compute_instance(GpuInstanceRef instance,
                                                        std::uint32_t profile_id,
                                                        std::optional<mig::Placement> at) = 0;
  virtual Result<> destroy_compute_instance(GpuInstanceRef instance, std::uint32_t id) = 0;

  // How many more instances the driver would create now.
  virtual Result<std::uint32_t> remaining_capacity(std::uint32_t gpu, std::uint32_t profile_id) = 0;
  virtual Result<std::uint32_t> remaining_compute_capacity(GpuInstanceRef instance,
                                                           std::uint32_t profile_id) = 0;
};

// What a return code of the driver is called, in nvidia-smi's words where they are recorded
// (rules.md R9).
std::string driver_status_text(int status);
// The Error for a driver call that failed. `what` in domain words.
Error driver_error(int status, std::string what);

}  // namespace septet::driver
