// simnvml/handles.h — what the opaque pointers of NVML point to: fixed tables, one slot per thing a
// node can hold.
//
// Contract. The handle of a GPU, or of the instance with some ids, is the same pointer for the life
//           of the process. An instance's slot remembers the stamp of the instance it was last
//           given out for; a use of the handle compares it with the node, so an id that was
//           destroyed and created again elsewhere is not mistaken for the one the client meant. A
//           pointer that is not into the table is recognized without reading it.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "driver/simulated/state.h"
#include "simnvml/abi/handles.h"

namespace septet::simnvml {

struct Named {  // what a handle says it is
  std::uint32_t gpu = 0;
  std::uint32_t gi = driver::simulated::kNone;
  std::uint32_t ci = driver::simulated::kNone;
  std::uint64_t stamp = 0;  // of the compute instance, else of the GPU instance, else 0
};

nvmlDevice_t gpu_handle(std::uint32_t gpu);
nvmlDevice_t mig_device_handle(const Named& compute);
nvmlGpuInstance_t gpu_instance_handle(const Named& instance);
nvmlComputeInstance_t compute_instance_handle(const Named& compute);

// nullopt: not one of our handles.
std::optional<Named> named_by(nvmlDevice_t handle);
std::optional<Named> named_by(nvmlGpuInstance_t handle);
std::optional<Named> named_by(nvmlComputeInstance_t handle);

}  // namespace septet::simnvml
