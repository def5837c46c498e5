// lab/openb/arrivals.h — who comes when: the published simulator's shuffled, topped-up orders.
//
// As the simulator does with --shuffle-pod=true -tune LOAD -tuneseed SEED: pods shuffled; then
// pods drawn with replacement until the next would pass LOAD times the cluster's GPUs; then nodes
// put in random order, which breaks ties between equal scores. All draws are Go's math/rand, so
// that the order is theirs pod by pod (checked against data/openb/pod_order).
#pragma once

#include <cstdint>
#include <vector>

#include "lab/openb/trace.h"

namespace septet::lab::openb {

struct Arrivals {
  std::vector<std::uint32_t> pods;   // into Trace::names; may repeat after all came once
  std::vector<std::uint32_t> nodes;  // into Cluster::nodes, in the order that breaks ties
};

Arrivals simulator_arrivals(const Cluster& cluster, const Trace& trace, double load,
                            std::int64_t seed);

}  // namespace septet::lab::openb
