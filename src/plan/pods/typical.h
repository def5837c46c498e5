// plan/pods/typical.h — which pods to expect: the commonest shapes of a workload and their shares.
//
// FGD's "typical pods" (getTypicalPods of its simulator): shapes without memory, CPU-only ones
// too, commonest first until 95 % of all pods are covered; shares then sum to 1.
#pragma once

#include <span>
#include <vector>

#include "plan/pods/fleet.h"

namespace septet::plan::pods {

struct Typical {
  Shape shape;  // memory_mib is 0: the histogram is blind to it
  double share = 0;
};

inline constexpr double kTypicalPercent = 95;

// `shapes[s]` is asked for by `counts[s]` pods.
std::vector<Typical> typical_pods(std::span<const Shape> shapes,
                                  std::span<const std::size_t> counts,
                                  double percent = kTypicalPercent);

}  // namespace septet::plan::pods
