// plan/compact/rough_prices.h — about what slots and GPUs are worth, fast: the first step of
// relaxed_choice.h.
#pragma once

#include <vector>

#include "plan/compact/choose_program.h"

namespace septet::plan {

// By source and reshape: its cost, its waiting and its GPU's price, less its slots' prices.
std::vector<std::vector<double>> net_costs(const ReshapeProblem& problem,
                                           const ReshapePrices& prices, double waiting_cost);

// Near the best prices, not more.
ReshapePrices rough_prices(const ReshapeProblem& problem);

}  // namespace septet::plan
