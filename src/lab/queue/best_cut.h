// lab/queue/best_cut.h — which jobs get which instance of one GPU: the cut of highest value.
//
// Exact, over all legal layouts and all ways to hand their instances to the jobs: the memory units
// are walked from left to right, remembering only which jobs have their instance.
// Cost.   units * 2^jobs * (places at a unit) * jobs additions: 0.02 ms for 7 jobs, 1 ms for 12.
#pragma once

#include <span>

#include "lab/queue/places.h"

namespace septet::lab::queue {

inline constexpr std::size_t kMostCandidates = 12;

struct Candidate {
  // What it is worth per second on an instance of each profile that it would have to be started
  // on, moved to or brought back to. Not above `left_out`: never placed there.
  std::array<double, kMostProfiles> value{};
  int place = kNowhere;  // where it runs now
  double kept = 0;       // worth there, undisturbed
  double left_out = 0;   // worth without an instance; below zero: what stopping it costs
};

struct Cut {
  double value = 0;
  std::vector<int> place;  // of each candidate; kNowhere: left out
};

// At most kMostCandidates.
Cut best_cut(const Places& places, std::span<const Candidate> candidates);

}  // namespace septet::lab::queue
