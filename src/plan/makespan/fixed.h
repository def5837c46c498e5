// plan/makespan/fixed.h — how long the same jobs take on one layout that is never changed.
//
// The assignment to its instances is septet's best one, so that what is compared is the layout.
#pragma once

#include <optional>
#include <span>

#include "plan/makespan/shortest.h"

namespace septet::plan {

// nullopt: a job runs on none of these instances. `instances` do not overlap.
std::optional<MakespanPlan> plan_on_layout(const MakespanProblem& problem,
                                           std::span<const mig::Instance> instances,
                                           const MakespanEffort& effort);
// As many of the smallest plain instance as fit: 7x 1g, 4x 1g.
std::vector<mig::Instance> all_smallest(const mig::Geometry& geometry);

}  // namespace septet::plan
