// lab/openb/bound.h — how much of the GPUs any policy could allocate, and what fits evenly.
#pragma once

#include "lab/openb/trace.h"

namespace septet::lab::openb {

struct Bounds {
  // Percent of all GPUs. No policy can pass it, not one that knows the future and picks pods: a
  // linear program where pods are fluid, with CPU, memory and GPUs by kind of node, GPU models, and
  // as many pods of each shape as the load brings on average.
  double any_policy = 0;
  // Percent: the most if every shape got the same part of what it asks for and GPUs were filled
  // the best way (fractions of patterns allowed, CPU without end). Not a bound on a policy that
  // loses more of some shapes than of others, as all do once the cluster is full; it says what the
  // sizes of the shares alone cost.
  double even = 0;
};

// Errors. kNotFound: the solver's libraries are not installed (plan/linear_program.h).
Result<Bounds> fluid_bounds(const Cluster& cluster, const Trace& trace, double load);

}  // namespace septet::lab::openb
