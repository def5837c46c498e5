// publish/preferred_gpus.h — which of the free whole GPUs a container should have: those nearest to
// each other, so that the others can be near to each other too.
//
// Pairs. 100 for each NVLink straight between them, and 60 to 10 for what they have in common on
//        PCIe, as NVIDIA's plugin counts (go-gpuallocator v0.6, "best-effort"); 20 on one NUMA node
//        and 10 elsewhere where the driver does not tell. NVLinks through an NVSwitch are alike
//        between all pairs and decide nothing.
// Order. The most points of all pairs when all free GPUs are dealt out in sets of this size (what
// is
//        left over is a set as well); then of the chosen set; then of the pairs that stay free, in
//        whatever number they are asked for next; then the first.
// Cost.  Exact for up to kMostDealtOut free GPUs, by dynamic programming over subsets: 8 GPUs take
//        microseconds. With more, NUMA nodes alone decide.
#pragma once

#include <vector>

#include "mig/node.h"
#include "publish/offer.h"

namespace septet::publish {

inline constexpr std::size_t kMostDealtOut = 16;

// `count` of `candidates` beside all of `must`, in the order of `candidates`. There are as many.
std::vector<const Device*> preferred_gpus(const mig::Node& node,
                                          const std::vector<const Device*>& must,
                                          const std::vector<const Device*>& candidates,
                                          std::size_t count);

// Points of this pair.
unsigned nearness(const mig::Node& node, const Device& one, const Device& other);

}  // namespace septet::publish
