// lab/sharing/shared_instances.h — several tenants in one instance, under its own MPS server: who
// goes with whom.
#pragma once

#include "lab/sharing/seats.h"

namespace septet::lab::sharing {

// Gives every client a seat in `seating`, evenly by load; false: memory does not suffice.
bool share_instances(const Scenario& scenario, const std::vector<Client>& clients,
                     Seating& seating);
// How badly the clients are off, to compare layouts by: the sum over clients of the logarithm of
// how many times longer a request takes than alone on a whole GPU, queues estimated as M/D/1, and
// ten times the logarithm of how far its p99 would be beyond the objective.
double strain(const Scenario& scenario, const std::vector<Client>& clients, const Seating& seating);
// Layouts of plain profiles with nothing to add and at least two instances, one of each multiset.
std::vector<mig::Layout> layouts_to_share(const GpuModel& gpu);

}  // namespace septet::lab::sharing
