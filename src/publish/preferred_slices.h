// publish/preferred_slices.h — which free slices to hand out, so that large ones can be cut later.
//
// What is not free counts as taken: slices of other profiles, too, for only kubelet knows who holds
// them. In this order: the fewest GPUs; then, summed over the node, the most places left for the
// largest profile that could be cut if all free slices were given up, for the next largest, and so
// on; then the first in the order of `candidates`. Exact, by dynamic programming over the GPUs: the
// comparison is of sums, so the best of the parts is the best of the whole.
#pragma once

#include <string>
#include <vector>

#include "mig/node.h"
#include "publish/offer.h"

namespace septet::publish {

struct SliceChoice {
  const Device* device = nullptr;
  bool must = false;
};
// `count` of `candidates` (distinct slices that are free) beside the `must` among them, which are
// taken in any case. Fewer when there are not as many.
std::vector<const Device*> preferred_slices(const mig::Node& node,
                                            const std::vector<SliceChoice>& candidates,
                                            unsigned count);

}  // namespace septet::publish
