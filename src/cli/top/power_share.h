// cli/top/power_share.h — how much of a GPU's power an instance may be using: an estimate.
//
// NVML measures the power of the whole GPU only. What the GPU draws when nothing runs is shared by
// compute slices; what it draws beyond that, by slices times SM activity (by slices alone when no
// instance is active). Always shown with '~'.
// Units. Milliwatts. nullopt: the power of the GPU, its idle power or an instance's activity is not
//        known, so that no share can be told.
#pragma once

#include <optional>
#include <vector>

#include "mig/node.h"

namespace septet::cli::top {

// One per instance of `gpu`, in their order.
std::vector<std::optional<double>> power_shares_mw(const mig::Gpu& gpu);

}  // namespace septet::cli::top
