// driver/simulated/admission.h — may a call reach the GPU at all, and who is on it?
#pragma once

#include <optional>

#include "driver/simulated/machine.h"

namespace septet::driver::simulated {

Status gpu_answers(const NodeState& node, std::uint32_t gpu);  // kInvalidArgument, kGpuIsLost
Status mig_answers(const NodeState& node,
                   std::uint32_t gpu);  // the same, kNotSupported: MIG mode is off
// The same, kNotFound: no such instance.
Status instance_answers(const NodeState& node, std::uint32_t gpu, std::uint32_t gi);

bool has_instances(const GpuState& gpu);
// A client of the GPU itself, such as an X server: outside every instance.
bool has_client_outside_instances(const NodeState& node, std::uint32_t gpu);
// `ci` nullopt: anywhere inside the GPU instance.
bool has_client_inside(const NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                       std::optional<std::uint32_t> ci);

void forget_instances(GpuState& gpu);

// `engine`: graphics engine inside the GPU instance. Which one the driver picks is not visible
// through NVML; R4's rule, first free inside the GPU instance, makes it the compute instance's id.
mig::Uuid compute_instance_uuid(const GpuState& gpu, std::uint32_t gi, std::uint8_t engine);

}  // namespace septet::driver::simulated
