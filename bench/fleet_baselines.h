// bench/fleet_baselines.h — what others do with the same instances: re-implementations from the
// papers' words, not their code.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "plan/fleet/one_product.h"

namespace septet::bench {

struct Baseline {
  std::string name;
  std::uint64_t gpus = 0;
};

// GPUs that each rule takes for a demand by class on a 7-slice product. Instances come in a random
// order; every placement is legal.
std::vector<Baseline> baselines(const plan::OneProduct& product,
                                const std::vector<std::uint64_t>& demand, std::mt19937_64& random);

}  // namespace septet::bench
