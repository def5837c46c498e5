// plan/compact/waves.h — in which order instances can move when every place must be free before
// somebody takes it.
//
// Shapes. A *wave* is moves that wait for none of each other. An instance of wave w goes to a place
//         that is free after wave w - 1; the number of waves is the length of the longest chain.
// How.    Only instances that stand in somebody's way need a place early; who stands in nobody's
//         way takes what is left. Wave by wave, GPUs are cleared whose blockers have somewhere to
//         go. Where they wait for each other in a circle, the smallest steps aside: it is *parked*
//         in room beyond the plan and moves twice.
// Bound.  No order of the same changes has fewer waves than if every free place were free for
//         everybody of its class.
// Limits. Which of several blockers goes first is decided greedily: the chain is short, proven
//         shortest only where it meets the bound.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "plan/compact/places.h"

namespace septet::plan {

// GPUs of one holding that are changed alike.
struct ChangedGpus {
  std::size_t group = 0;  // of the caller
  PlaceSet leaving = 0, arriving = 0;
  std::uint64_t gpus = 0;
};

struct MoveOfPlaces {
  std::size_t from = 0, from_place = 0;  // into Waves::rows
  std::size_t to = 0, to_place = 0;
  std::uint64_t instances = 0;
  unsigned wave = 1;    // when it arrives
  unsigned parked = 0;  // the wave in which it left for room beyond the plan; 0: it moved directly
};

struct Waves {
  std::vector<ChangedGpus> rows;  // the caller's, split where GPUs change at different times
  std::vector<MoveOfPlaces> moves;
  unsigned waves = 0;
  unsigned fewest = 0;  // no order of these changes has fewer; 1 where somebody is parked
};

// Instances that leave and slots that they take must be equally many of every class.
Waves waves_of(const PlaceTable& places, const std::vector<ChangedGpus>& changed);

}  // namespace septet::plan
