// lab/recommend/recommend.h — the way to share, and the layout, that meets a scenario's objectives
// on the fewest GPUs, and by what margin.
//
// Searched. Every mode of the scenario, from one GPU up. Time-slicing and MPS: spread evenly.
//           MIG: every maximal multiset of profiles per GPU, ranked by the queue of each tenant
//           alone on each profile, the best few simulated; where there are too many combinations,
//           the fewest instances that suffice, packed exactly. MIG with MPS inside: the multisets
//           whose fullest instance is least full. What the closed form says is overloaded is not
//           simulated.
// Order.    Fewest GPUs, then what trainings and closed loops get done (the geometric mean, 2 % is
// a
//           tie), then energy per request (1 % is a tie), then the margin of the tenant with least.
// Margins.  Independent of each other: the caller may run them side by side (RunAll), for the same
//           answer.
// Left out. Planned faults and changes of layout: they are not what is asked here.
// Errors.   kInvalidArgument as simulate. That nothing meets the objectives is an answer.
#pragma once

#include <functional>

#include "lab/sharing/simulate.h"

namespace septet::lab {

// Does all tasks, in whatever order or at once; they share nothing.
using RunAll = std::function<void(const std::vector<std::function<void()>>& tasks)>;
void one_after_the_other(const std::vector<std::function<void()>>& tasks);

struct RecommendEffort {
  unsigned most_simulations = 200;
  double most_requests = 1.2e7;       // simulated in all; a training step counts a quarter
  unsigned layouts_each = 5;          // simulated per mode and number of GPUs
  unsigned most_combinations = 3000;  // of layouts ranked per number of GPUs
  bool margins = true;                // how much more load each tenant bears
  RunAll run_all = one_after_the_other;
};

struct Proposal {
  Mode mode = Mode::kWholeGpu;
  unsigned gpus = 0;
  bool meets = false;
  double worst = 0;  // the highest p99 over its objective; 0: nobody has one
  double pace = 0;   // log of what trainings and closed loops do, over doing it alone; 0: none
  std::size_t worst_tenant = 0;                   // into outcome.tenants
  std::vector<std::vector<std::string>> layouts;  // of MIG modes, by GPU: profile names
  ModeOutcome outcome;
};

struct LoadMargin {
  std::string tenant;   // of the scenario, all its replicas; empty: all tenants together
  double factor = 1;    // times the load at which all objectives still hold
  bool beyond = false;  // and no end was found there
};

struct Recommendation {
  std::optional<Proposal> best;  // nullopt: nothing that was tried meets every objective
  std::vector<Proposal> others;  // the best of every other mode, or what came nearest
  std::vector<std::pair<Mode, std::string>> impossible;
  std::vector<LoadMargin> margins;                     // of `best`; all tenants together first
  unsigned simulated = 0, overloaded = 0, ranked = 0;  // how much was tried; see above
  bool cut_short = false;    // an end of the effort was reached before all was tried
  bool margins_cut = false;  // likewise, after the search was through
};

Result<Recommendation> recommend(const Scenario& scenario, const RecommendEffort& effort);

// The highest p99 over its objective, and whose; a queue that grows without end counts as 1e9.
std::pair<double, std::size_t> worst_of(const Scenario& scenario, const ModeOutcome& outcome);

}  // namespace septet::lab
