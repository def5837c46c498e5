// driver/simulated/simulated_driver.h — the Driver over a node in this process: no file, no
// library.
//
// For the tests of what plans and acts on drivers. It refuses what hardware refuses, and can fail
// the n-th call: put a FaultState (add_fault) into the node, before or while it is driven. Each
// method of Driver is one call; it goes by the NVML name noted beside it, so that a fault can name
// it. A call that a fault fails has changed nothing.
#pragma once

#include <array>
#include <memory>

#include "driver/driver.h"
#include "driver/simulated/machine.h"

namespace septet::driver::simulated {

class SimulatedDriver final : public Driver {
 public:
  explicit SimulatedDriver(const NodeState& node);

  NodeState& node() { return *node_; }  // to attach processes, add faults, or look

  Result<mig::Node> observe() override;                      // nvmlDeviceGetCount_v2
  Result<mig::Gpu> observe_gpu(std::uint32_t gpu) override;  // nvmlDeviceGetHandleByIndex_v2
  Result<ModeChange> set_mig_mode(std::uint32_t gpu, bool on) override;  // nvmlDeviceSetMigMode
  Result<> reset(std::uint32_t gpu) override;                            // septetDeviceReset
  // nvmlDeviceCreateGpuInstance, ...WithPlacement
  Result<std::uint32_t> create_gpu_instance(std::uint32_t gpu, std::uint32_t profile_id,
                                            std::optional<mig::Placement> at) override;
  Result<> destroy_gpu_instance(GpuInstanceRef instance) override;  // nvmlGpuInstanceDestroy
  // nvmlGpuInstanceCreateComputeInstance, ...WithPlacement
  Result<std::uint32_t> create_compute_instance(GpuInstanceRef instance, std::uint32_t profile_id,
                                                std::optional<mig::Placement> at) override;
  // nvmlComputeInstanceDestroy
  Result<> destroy_compute_instance(GpuInstanceRef instance, std::uint32_t id) override;
  // nvmlDeviceGetGpuInstanceRemainingCapacity
  Result<std::uint32_t> remaining_capacity(std::uint32_t gpu, std::uint32_t profile_id) override;
  // nvmlGpuInstanceGetComputeInstanceRemainingCapacity
  Result<std::uint32_t> remaining_compute_capacity(GpuInstanceRef instance,
                                                   std::uint32_t profile_id) override;

 private:
  Status injected(std::string_view call, std::uint32_t gpu);
  std::unique_ptr<NodeState> node_;
  struct Count {
    std::uint32_t serial = 0, calls = 0;
  };
  std::array<Count, kMaxFaults> counts_{};
};

std::unique_ptr<Driver> make_simulated_driver(const NodeState& node);

// One GPU of a state as observers see it.
mig::Gpu describe_gpu(const NodeState& node, std::uint32_t gpu);

}  // namespace septet::driver::simulated
