// lab/sharing/picture_window.h — which stretch of a run the timeline picture shows.
//
// The same in every mode: about as many requests as a picture can hold, there where most replicas
// have work; of equals the earliest. After the warm-up, and away from layout changes, which drain
// and wait. Seconds of the run, [from, to).
#pragma once

#include <utility>
#include <vector>

#include "lab/sharing/seats.h"

namespace septet::lab::sharing {

std::pair<double, double> picture_window(const Scenario& scenario,
                                         const std::vector<Client>& clients);

}  // namespace septet::lab::sharing
