// plan/fleet/price_bound.h — from prices of the replicas to a bound on every plan, in whole
// numbers.
//
// The solver's floating-point prices are snapped to fractions; what follows is exact. Any prices
// give a true bound, good ones a good one: a mistake of the solver can cost sharpness, never truth.
#pragma once

#include <string>
#include <vector>

#include "plan/fleet/fillings.h"
#include "plan/fleet/fleet.h"

namespace septet::plan {

__extension__ using Wide = __int128;  // sums of prices times replicas

// What GPUs can be made to hold, for every pool.
struct FleetFillings {
  std::vector<std::vector<PackingClass>> classes;  // by product
  std::vector<std::vector<Filling>> pools;         // by pool: the fullest
};
FleetFillings fillings_of(const Fleet& fleet);

// Nearest fractions with one denominator: a small one when that is exact to 1e-7, else a millionth.
Prices snapped(const std::vector<double>& replica_prices);

// Fills in prices.gpu for these costs (free: as if GPUs cost nothing) and returns the bound, times
// prices.denominator.
Wide price_bound(const Fleet& fleet, const FleetFillings& fillings, bool free, Prices& prices);

// The smallest multiple of `step` that is not below numerator / denominator; 0 for negative ones.
std::int64_t rounded_up(Wide numerator, std::int64_t denominator, std::int64_t step);

}  // namespace septet::plan
