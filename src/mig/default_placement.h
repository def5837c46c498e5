// mig/default_placement.h — where the driver puts an instance when nobody says where (rules R1,
// R3).
//
// Source. The allocator lives in closed firmware; this is the model that reproduces every recorded
//         sequence: keep the most (profile, start) pairs possible, ties to the lowest start; the
//         double-memory 1g goes 4:2, 0:2, 2:2, 6:2.
#pragma once

#include <optional>

#include "mig/layout.h"

namespace septet::mig {

// nullopt: no free start, or a budget forbids it.
std::optional<Placement> default_placement(const Geometry& geometry, const Occupancy& taken,
                                           const GpuInstanceProfile& profile);

// Compute instances: `taken` has bit i set when slice i of the GI is taken. Ampere is first fit;
// Hopper and later keep the most (profile, start) pairs of the GI possible, ties to the lowest
// start.
std::optional<Placement> default_compute_placement(Architecture architecture,
                                                   const GpuInstanceProfile& gpu_instance,
                                                   std::uint16_t taken,
                                                   const ComputeInstanceProfile& profile);
std::uint16_t free_compute_starts(std::uint16_t taken, const ComputeInstanceProfile& profile);
unsigned remaining_compute(std::uint16_t taken, const ComputeInstanceProfile& profile);

// What a list of creates without placements does to an empty or occupied GPU, left to right, the
// first refusal ends it (as nvidia-smi does). Entry i: where request i went, nullopt = refused.
std::vector<std::optional<Placement>> default_sequence(
    const Geometry& geometry, Occupancy taken,
    const std::vector<const GpuInstanceProfile*>& requests);

}  // namespace septet::mig
