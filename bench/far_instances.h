// bench/far_instances.h — the synthetic jobs of FAR's evaluation, drawn anew.
//
// Source. The distributions of generate_tasks (visual_scheduler/task_times.py) and of the workload
//         families of its evaluation, github.com/artecs-group/RL_MIG_scheduler (MIT); Villarrubia
//         et al., "FAR", JPDC 2025, arXiv 2507.13601. Only the distributions: our random numbers
//         are others, so the instances are like FAR's, not the same.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "plan/makespan/problem.h"

namespace septet::bench {

struct FarFamily {
  std::string_view workload;  // "PoorScaling", as in far_synthetic_results.csv
  std::string_view times;     // "1-100"
  std::array<unsigned, 5>
      scales_to;             // percent of the jobs that speed up until 1, 2, 3, 4, 7 slices
  double shortest, longest;  // seconds on one slice
};
extern const std::array<FarFamily, 6> kFarFamilies;

// `count` sets of n jobs, half of each scaling class bound by memory; the same for the same seed.
std::vector<std::vector<plan::MoldableJob>> far_instances(const FarFamily& family, unsigned n,
                                                          unsigned count, std::uint64_t seed);

}  // namespace septet::bench
