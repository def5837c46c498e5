// mig/slice_share.h — how much of a node is in instances.
#pragma once

#include "mig/node.h"

namespace septet::mig {

// Of the node's MIG-capable GPUs.
struct SliceShare {
  unsigned compute_used = 0, compute_total = 0;  // slices
  unsigned memory_used = 0, memory_total = 0;    // memory units
};
SliceShare slice_share(const Node& node);

}  // namespace septet::mig
