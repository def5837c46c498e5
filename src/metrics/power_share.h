// metrics/power_share.h — about how much of a GPU's power each of its instances accounts for.
//
// An estimate: no GPU measures power per instance. What the board draws when idle is shared by
// compute slices, over all slices of the GPU; what it draws beyond that by slices x SM activity.
// So the shares never add up to more than the GPU's power; of an idle slice that nobody has, and of
// copying without computing, nobody is told.
// Units. Milliwatts.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mig/node.h"

namespace septet::metrics {

// By position in gpu.instances. nullopt for all of them when the GPU's power, its idle power or the
// activity of any instance is unknown: what one did is then not to be told from another.
std::vector<std::optional<std::uint32_t>> power_shares_mw(const mig::Gpu& gpu);

}  // namespace septet::metrics
