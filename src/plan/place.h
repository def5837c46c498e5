// plan/place.h — a multiset of instances on one GPU, where it disturbs least what is there.
//
// Exact: every legal layout of the multiset is looked at. Kept in this order of importance:
// instances in use, then memory units in place, then the number of instances; then the layout that
// leaves the most (profile, start) pairs possible, then the first in enumeration order.
//
// Errors. kInfeasible when the multiset has no legal layout.
#pragma once

#include <cstdint>
#include <vector>

#include "mig/layout.h"

namespace septet::plan {

struct Held {
  mig::Instance instance;  // profile of the same Geometry
  bool busy = false;
  bool serves = true;  // pack: may be counted for a workload that wants its profile
};

Result<mig::Layout> place(const mig::Geometry& geometry, const std::vector<Held>& held,
                          std::vector<const mig::GpuInstanceProfile*> wanted);

// (profile, start) pairs that may still be added: what a layout leaves open.
unsigned room_left(const mig::Geometry& geometry, const mig::Layout& layout);

}  // namespace septet::plan
