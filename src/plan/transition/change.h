// plan/transition/change.h — a transition taken apart: replicas that come and replicas that go.
//
// One after the other loses nothing against several at once: a replica that comes counts from the
// end of its change, one that goes until the beginning of its own, so any set of overlapping
// changes can be told in a row (who comes, by its end; who goes, by its beginning) with no less
// capacity and no more instances at any moment.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plan/transition/deployment.h"

namespace septet::plan {

struct Change {
  bool comes = true;
  std::size_t gpu = 0;
  RunningReplica replica;
  friend bool operator==(const Change&, const Change&) = default;
};

// Replicas that must be started whatever the order: those of `to` that are not there. Every change
// starts one, so this is a lower bound on starts.
unsigned least_starts(const TransitionProblem& problem);
unsigned starts(const std::vector<Change>& changes);

// How the quick way goes about it; which does best differs from case to case.
struct ExchangeManner {
  bool in_layers = true;    // what a replica gives counts from the next round on: shorter chains
  bool eager = true;        // exchanges that services lose by in the same round as the others
  std::uint32_t order = 0;  // in which GPUs are looked at: 0 as listed, else shuffled by it
};

// Quick, for any size (exchange_greedy.cpp). nullopt: it found no way.
//
// In rounds: a replica of `to` whose room is free comes; those whose room is freed by replicas that
// their services can spare come next, those first that leave no service with less than before; when
// nothing of that is left, temporary replicas are started in free room (spare GPUs last) for the
// service that cannot spare enough.
std::optional<std::vector<Change>> exchange_greedily(const TransitionProblem& problem,
                                                     const ExchangeManner& manner = {});

// The fewest starts, by A* over deployments (fewest_starts.cpp).
struct Searched {
  std::optional<std::vector<Change>> changes;  // with the fewest starts
  unsigned least = 0;                          // proven: no transition starts fewer
  bool exhausted = false;  // no changes: there are none (with fewer than `below`)
};
// Looks for transitions with fewer than `below` starts, through at most `most_states` deployments.
Searched fewest_starts(const TransitionProblem& problem, unsigned below, std::size_t most_states);

}  // namespace septet::plan
