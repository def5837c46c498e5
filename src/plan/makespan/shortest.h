// plan/makespan/shortest.h — the shortest plan for a set of jobs on one GPU, and how good it is.
//
// Model.  problem.h and call_order.h. Without call times the order of larger and smaller instances
//         does not matter, so the search over places is exact. With call times septet plans in
//         one direction: an instance is split into smaller ones, never joined again (FAR's
//         repartitioning tree). The bound holds for any order.
// Limits. Exact up to MakespanEffort::exact_jobs jobs; beyond that a plan and a bound.
#pragma once

#include "plan/makespan/schedule.h"

namespace septet::plan {

struct MakespanEffort {
  std::size_t exact_jobs = 16;  // at most kMostFreeJobs: each one more takes three times as long
  unsigned moves = 500'000;     // of annealing, beyond exact_jobs
  unsigned rounds = 400;        // of improvement, beyond exact_jobs or with call times
};

struct MakespanPlan {
  Assignment places;
  MakespanSchedule schedule;
  Ticks bound = 0;              // no plan is shorter
  bool best_splitting = false;  // no plan that only splits instances is shorter

  bool optimal() const { return bound == schedule.makespan; }
  double gap() const {
    return static_cast<double>(schedule.makespan) / static_cast<double>(bound) - 1.0;
  }
};

MakespanPlan shortest_plan(const MakespanProblem& problem, const MakespanEffort& effort);

}  // namespace septet::plan
