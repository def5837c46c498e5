// lab/sharing/shared_instances.h — several tenants in one instance, under its own MPS server: who
// goes with whom.
#pragma once

#include "lab/sharing/seats.h"

namespace septet::lab::sharing {

// Gives every client a seat in `seating`, evenly by load; false: memory does not suffice.
bool share_instances(const Scenario& scenario, const std::vector<Client>& clients,
                     Seating& seating);
// The largest of: the load of one instance's kernels, and of one client in its instance. Above 1
// somebody's queue grows.
double fullest_instance(const Scenario& scenario, const std::vector<Client>& clients,
                        const Seating& seating);
// Layouts of plain profiles with nothing to add and at least two instances, one of each multiset.
std::vector<mig::Layout> layouts_to_share(const GpuModel& gpu);

}  // namespace septet::lab::sharing
