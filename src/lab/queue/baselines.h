// lab/queue/baselines.h — the policies that dynamic MIG is held against.
//
// All are first come, first served; none knows a job's length. Re-implemented from MISO's paper
// and repository (github.com/boringlee24/socc22-miso @ 39b1ee6, MIT), no code taken over.
#pragma once

#include "lab/queue/run_policy.h"

namespace septet::lab::queue {

// One job per GPU, MIG off ("NoPart").
std::unique_ptr<Policy> whole_gpus();

// Up to `most` jobs on a GPU in turns: each slowed n * 1.108-fold when n > 1 (model.md, 2).
std::unique_ptr<Policy> time_slicing(unsigned most);

// Up to `most` jobs on a GPU at once; MISO's authors take three. Modelled from the measured times
// (model.md, 2), not measured: T(n) = (L^p + (n G)^p)^(1/p) * (1 + 0.02 (n - 1)).
std::unique_ptr<Policy> mps(unsigned most);

// The same instances all day, one list of places per GPU. A job takes the free instance on which
// it is fastest; who fits nowhere is passed over. `promotion`: a running job moves to a larger
// instance of its GPU that falls free when nobody waits, as MISO's static baseline does.
std::unique_ptr<Policy> fixed_layouts(std::vector<std::vector<int>> layouts, bool promotion,
                                      std::string name);

// MISO: a new job goes to the GPU with the fewest jobs that can still take it; all jobs there run
// under MPS for `probe` seconds at a third of their speed (as upstream's simulator has it), then
// the cut with one instance per job and the least mean slowdown is made. After an end, with nobody
// waiting, the GPU is cut anew for who is left. Its predictions are taken to be exact, which
// favors it: published error 1.6 %.
std::unique_ptr<Policy> miso(double probe = 30);

}  // namespace septet::lab::queue
