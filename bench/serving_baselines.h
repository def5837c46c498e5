// bench/serving_baselines.h — how others would serve the same list, re-implemented from their
// published descriptions: for comparison only, labelled as re-implementations wherever printed.
#pragma once

#include <vector>

#include "plan/serve/plan_services.h"

namespace septet::bench {

// What one service reaches per second on one instance of 1, 2, 3, 4, 7 slices; 0: not admissible.
struct Reach {
  double rate = 0.0;
  double by_slices[8] = {};
};
std::vector<Reach> reach_of(const plan::ServicesPlan& plan);

// A GPU as the slices of its instances.
using Cut = std::vector<unsigned>;

// Whole GPUs only.
unsigned whole_gpus(const std::vector<Reach>& services);
// The smallest admissible size of every service; with most services seven 1g per GPU.
unsigned smallest_sizes(const std::vector<Reach>& services);
// Every GPU cut 4g + 2g + 1g, the services dealt out over these as well as can be; a service that
// none of the three serves has whole GPUs.
unsigned four_two_one(const plan::ServicesPlan& plan);
// ParvaGPU (SC'24): the size with the most per slice, the smallest that covers the rest, placed
// largest first where least is left; GPUs of at most four used slices are broken up again.
std::vector<Cut> parva(const std::vector<Reach>& services);
// Each service at its size with the most per slice, placed by the rules of Turkkan et al. (2024):
// largest first, on the GPU in use that is left fullest, a new GPU only when none has room.
std::vector<Cut> turkkan(const std::vector<Reach>& services);

}  // namespace septet::bench
