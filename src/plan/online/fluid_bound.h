// plan/online/fluid_bound.h — what no policy can pass in the long run, with any number of moves.
//
// Requests are taken as a fluid: of class r, `offered` run at once on average if all are accepted
// (arrival rate x mean life), and a policy accepts a part of them. By Little's law the accepted
// part fills a mean layout of the fleet, and a mean of legal layouts is a mixture of them: a linear
// program over the fullest layouts of each product (28 of a 7-slice board). It holds for every life
// distribution, as long as lives are not known when the choice is made; luck of a finite run may
// pass it by its noise. Tight as the fleet grows; at 100 GPUs nobody reaches it.
// Source. problems.md (d), "Bounds", of this project's reference. Floating point (Clp): seven
//         digits, not a proof.
#pragma once

#include <vector>

#include "base/result.h"
#include "plan/online/fleet_state.h"

namespace septet::plan::online {

struct Fluid {
  std::vector<double> offered;  // by request class: mean number that would run if none was refused
  std::vector<double> value;    // by request class, of one that runs: 1, or its memory units
};

struct FluidBound {
  double share = 1;              // accepted value over offered value, at most
  std::vector<double> accepted;  // by request class, a mean number that attains it
};

// kNotFound when the solver is not installed (solver_ready).
Result<FluidBound> fluid_bound(const std::vector<Pool>& pools, const Fluid& fluid);

}  // namespace septet::plan::online
