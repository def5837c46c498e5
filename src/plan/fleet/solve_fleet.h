// plan/fleet/solve_fleet.h — the cheapest GPUs of a fleet that carry all demands, with the proof.
//
// Model (the configuration program): how many replicas of each demand run in each profile of each
// product, and how many GPUs of each pool are filled in each way; only fillings that no other
// covers are columns, so there are some dozens per pool and nothing has to be generated. Its linear
// relaxation gives the prices, whole numbers come from branch and bound, the bound from
// price_bound.h. Replicas that keep apart are given to GPUs exactly (keep_apart.h). One product in
// one pool with one profile per workload is counted (one_product.h) instead.
//
// Limits. Costs up to 10^9 thousandths and 10^9 GPUs. Branch and bound stops when the cost is
//         within one cost step, or a 5,000th, of the least possible, or after 200 nodes.
#pragma once

#include "plan/fleet/fleet.h"

namespace septet::plan {

// Where the fleet is not counted, solver_ready() (plan/linear_program.h) must have succeeded.
FleetPlan solve_fleet(const Fleet& fleet);

// For a fleet that is too small: the fewest GPUs more that would do, as many of each product as are
// named. Empty: no number of GPUs would (or none was found).
struct MoreGpus {
  std::size_t product = 0;
  std::uint64_t gpus = 0;
};
std::vector<MoreGpus> fewest_more(const Fleet& fleet);

}  // namespace septet::plan
