// plan/pack_options.h — everything one GPU could be made to hold of what is asked.
//
// Workloads that want the same profile on every kind of GPU are one *class*; a Fill counts how many
// of each class a GPU takes. Options are exhaustive: every legal layout that keeps the instances in
// use.
#pragma once

#include <cstdint>
#include <vector>

#include "mig/layout.h"
#include "plan/place.h"

namespace septet::plan {

using Fill = std::vector<std::uint16_t>;  // by class

// The profile each class takes on one kind of GPU; nullptr: it cannot run there.
using ClassProfiles = std::vector<const mig::GpuInstanceProfile*>;

struct Option {
  Fill fill;
  unsigned created = 0, destroyed = 0;  // instances
  mig::Layout layout;                   // the whole GPU afterwards, what stays included
};

// One option per fill that is possible and within `cap`: the one that creates fewest, then destroys
// fewest, then leaves most room. The fill of zeros is always there: the GPU as it is.
std::vector<Option> options_of(const mig::Geometry& geometry, const std::vector<Held>& held,
                               const ClassProfiles& profiles, const Fill& cap);

// Those whose fill no other option's fill covers.
std::vector<const Option*> maximal_options(const std::vector<Option>& options);

}  // namespace septet::plan
