// cli/sim/vary.h — how the activity of a pretend workload wanders about what it was started with.
#pragma once

#include <cstdint>

#include "base/random.h"

namespace septet::cli::sim {

// The next value, in percent: a step to either side of at most a third of `spread`, drawn back
// towards `home`, never further from it than `spread`, and within 0 to 100. A workload that was
// started idle stays idle.
std::uint32_t wander(std::uint32_t now, std::uint32_t home, std::uint32_t spread, Random& random);

}  // namespace septet::cli::sim
