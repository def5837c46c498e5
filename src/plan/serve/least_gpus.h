// plan/serve/least_gpus.h — how few GPUs any plan for these services needs, with the prices that
// prove it.
//
// Whatever the prices of the slots are, as long as no layout of a GPU costs more than one GPU: a
// plan costs at least the sum over services of the cheapest cover of each. The search for the
// prices that prove most is the dual of a configuration program whose columns are whole covers: a
// bound as good as solving every service in whole numbers, not the linear relaxation.
// Prices are found in floating point and then rounded to whole parts of a GPU; the bound is the sum
// at the rounded ones, in whole numbers.
#pragma once

#include <vector>

#include "plan/serve/cover.h"
#include "plan/serve/fit_counts.h"

namespace septet::plan {

struct LeastGpus {
  SlotPrices prices{};     // of which no column exceeds kPriceUnit
  std::int64_t price = 0;  // the sum of the bounds of all covers at these prices
  double linear = 0.0;     // the bound with parts of instances, for comparison with papers
  SlotPrices linear_prices{};
  unsigned gpus() const { return static_cast<unsigned>((price + kPriceUnit - 1) / kPriceUnit); }
  double exactly() const { return static_cast<double>(price) / static_cast<double>(kPriceUnit); }
};

// One set of covers, a cheapest one per service, per set of prices that was tried; `weight` says
// how much of each the best mixture has (they sum to 1).
struct CoverRound {
  std::vector<SlotCounts> covers;  // by service
  double weight = 0.0;
};

struct PriceSearchResult {
  LeastGpus least;
  std::vector<CoverRound> rounds;
};

PriceSearchResult search_prices(const SlotTable& table, const std::vector<ServiceDemand>& demands,
                                unsigned most_rounds);

}  // namespace septet::plan
