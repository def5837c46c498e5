// lab/queue/best_static.h — the fixed layout that would have been best, found afterwards by trying
// all of them.
//
// Uniform: every maximal layout, the same on every GPU, with and without promotion. Mixed: from
// there, one GPU's layout changed at a time as long as the mean gets better (a local optimum).
// Both are judged by the mean over all worlds given, which must be of one product.
#pragma once

#include <span>

#include "lab/queue/run_policy.h"

namespace septet::lab::queue {

struct StaticChoice {
  std::vector<std::vector<int>> layouts;  // places, by GPU
  bool promotion = false;
  double mean_completion = 0;
  std::size_t tried = 0;
  std::string text;  // "4g.20gb 3g.20gb on each of 8 GPUs"
};

// kInvalidArgument: no fixed layout runs every job.
Result<StaticChoice> best_uniform(std::span<const World> worlds, const mig::Geometry& geometry);
StaticChoice best_mixed(std::span<const World> worlds, const mig::Geometry& geometry,
                        const StaticChoice& from);

}  // namespace septet::lab::queue
