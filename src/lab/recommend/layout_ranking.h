// lab/recommend/layout_ranking.h — which layouts of so many GPUs suit the tenants best, before any
// is simulated: who gets which instance, and how near each comes to its objective alone there.
#pragma once

#include "lab/scenario/scenario.h"
#include "lab/sharing/seats.h"

namespace septet::lab::recommending {

struct RankedLayout {
  std::vector<std::vector<std::string>> layouts;  // by GPU
  std::vector<std::string> profiles;              // by replica, in the order of clients_of
  double worst = 0;                               // highest estimated p99 over its objective
  double slowness = 0;  // of those without objective: sum of log seconds per step
};

// Profiles of all maximal layouts of one GPU, each multiset once.
std::vector<std::vector<const mig::GpuInstanceProfile*>> maximal_multisets(const GpuModel& gpu);

// Best first, at most `count`. nullopt: more than `most_combinations` of them, none was ranked.
// Empty: on no layout has every replica an instance with enough memory.
std::optional<std::vector<RankedLayout>> rank_layouts(const Scenario& scenario, unsigned gpus,
                                                      std::size_t count,
                                                      std::size_t most_combinations);

}  // namespace septet::lab::recommending
