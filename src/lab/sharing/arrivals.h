// lab/sharing/arrivals.h — when a tenant's requests come.
//
// Each tenant draws from a stream of its own, so that every mode sees the same arrivals and what
// differs between modes is the mode (paired comparison).
#pragma once

#include <vector>

#include "base/random.h"
#include "lab/scenario/scenario.h"

namespace septet::lab::sharing {

// Those before `seconds`, by time. Empty for kClosed, where answers make requests.
// kPoisson   exponential gaps.
// kDiurnal   Poisson with rate mean (1 + swing cos(2 pi (t - peak_at) / period)), by thinning.
// kBursts    bursts of exponential length at burst_factor times the mean rate, nothing between
//            them; the gaps are as long as makes the mean right.
// kTrace     as it is.
std::vector<TracedArrival> open_arrivals(const Arrivals& arrivals, double seconds, Random random);

// `at` when it is within an active part, else the start of the next one; nullopt: none comes.
std::optional<double> next_active(const Arrivals& arrivals, double at);

// Mean requests per second; nullopt for kClosed.
std::optional<double> mean_rate(const Arrivals& arrivals, double seconds);

}  // namespace septet::lab::sharing
