// lab/openb/replay.h — one experiment: every arrival placed or lost, and how much was allocated.
//
// Measure, as the published tables have it: after each arrival the allocated part of all GPUs in
// percent, rounded to 0.01; "at L %" is the mean over the arrivals where the GPUs asked for so
// far, in percent of all and rounded, are L.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "lab/openb/arrivals.h"
#include "plan/pods/policy.h"

namespace septet::lab::openb {

inline constexpr std::array<int, 4> kMeasuredLoads = {90, 100, 110, 130};

struct Experiment {
  // Into Cluster::nodes by arrival; nothing for a pod that no node had room for.
  std::vector<std::optional<std::uint32_t>> placed;
  std::array<double, kMeasuredLoads.size()> allocated{};  // percent; NaN if never so loaded
  std::int64_t allocated_gpu_milli = 0;                   // in the end
  std::int64_t allocated_cpu_milli = 0;
  std::size_t lost = 0;
};

Experiment replay(const Cluster& cluster, const Trace& trace, const Arrivals& arrivals,
                  plan::pods::Policy policy, std::uint64_t seed);

}  // namespace septet::lab::openb
