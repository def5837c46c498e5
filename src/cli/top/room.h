// cli/top/room.h — what is free on a GPU, what of it is of no use, and what would still fit.
//
// Pure. Units: memory units and compute slices of the GPU's geometry.
// stranded  units: free, and no profile can be placed over them now. slices: free, less the most
//           that further instances could have together.
#pragma once

#include <string>
#include <vector>

#include "mig/node.h"

namespace septet::cli::top {

struct Fit {
  std::string profile;
  unsigned slices = 0, size = 0;  // of the profile
  bool plain = true;              // without a say in media engines
  unsigned more = 0;              // how many of it, in the best case
  std::vector<unsigned> starts;   // where the next may stand
};

struct Room {
  unsigned units = 0, slices = 0;  // of the whole GPU
  unsigned used_slices = 0, free_slices = 0, stranded_slices = 0;
  std::uint16_t used = 0, free = 0, stranded = 0;  // bit i: memory unit i; stranded is part of free
  std::vector<Fit> fits;                           // profiles of which at least one more fits
};

// All zero for a GPU that is not cut now: MIG off, or unreadable.
Room room_on(const mig::Gpu& gpu);

// Runs of set bits, by start: 0b1101 is 0:1 and 2:2.
std::vector<mig::Placement> runs(std::uint16_t bits);

}  // namespace septet::cli::top
