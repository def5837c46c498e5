// plan/transition/keep_most.h — which GPU gets which GPU's part of the last deployment, when GPUs
// of one product are all the same to it.
//
// As many replicas stay untouched as can be, then as many instances. Exact (assignment problem,
// Hungarian method) for up to kMostExact GPUs of a product;
// above that pairs of alike GPUs are matched best pair first, to at
// least half the worth there is. (Where there
// are more than a million kinds of pairs, only those that keep a replica are looked at.)
#pragma once

#include "plan/transition/deployment.h"

namespace septet::plan {

inline constexpr std::size_t kMostExact = 400;

struct KeptMost {
  Deployment to;              // the last deployment, its GPUs permuted within each product
  std::size_t kept = 0;       // replicas that stay
  std::size_t most_kept = 0;  // proven: no permutation keeps more
};
KeptMost keep_most(const TransitionProblem& problem);

}  // namespace septet::plan
