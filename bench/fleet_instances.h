// bench/fleet_instances.h — seeded fleets and demands for the planner's benchmarks.
#pragma once

#include <random>
#include <vector>

#include "plan/fleet/fleet.h"
#include "plan/fleet/one_product.h"

namespace septet::bench {

// How often each class is asked for, so that it takes about `gpus` GPUs in closed form.
std::vector<std::uint64_t> random_demand(const plan::OneProduct& product, double gpus,
                                         std::mt19937_64& random);

// Six products (A30, A100 40 and 80 GB, H100, H200, B200) of uneven supply that make about `gpus`
// GPUs, and workloads by needs of which any may run on every product that has what it needs; scaled
// so that they take nine tenths of what the fleet could carry of this mix.
plan::Fleet random_fleet(std::uint64_t seed, std::uint64_t gpus, unsigned workloads);

}  // namespace septet::bench
