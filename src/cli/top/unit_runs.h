// cli/top/unit_runs.h — which memory units of a GPU lie together.
#pragma once

#include <cstdint>
#include <vector>

#include "mig/node.h"

namespace septet::cli::top {

// Runs of set bits, by start: 0b1101 is 0:1 and 2:2. Bit i is memory unit i.
std::vector<mig::Placement> runs(std::uint16_t bits);

// Free on the GPU and within reach of some profile, or free and of no use now. Nothing of a GPU
// that is not cut, or whose layout is not known.
struct FreeUnits {
  std::uint16_t usable = 0, stranded = 0;
};
FreeUnits free_units(const mig::Gpu& gpu);

}  // namespace septet::cli::top
