// plan/serve/cover.h — the cheapest instances that together carry one service, in whole numbers.
//
//   minimize  sum price_s n_s,  sum gives_s n_s >= need,  n_s whole and >= 0
//
// Units.  `need` and `gives` in millionths of whatever the service counts (items per second,
//         replicas); prices in kPriceUnit = one GPU. All sums are exact.
// Shapes. The answer's price is exact unless `exact` is false: then the search was cut short,
//         `price` belongs to the best found and `bound` is what is proven.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/serve/slots.h"

namespace septet::plan {

inline constexpr std::int64_t kPriceUnit = 1'000'000'000;  // one GPU
inline constexpr std::int64_t kMillion = 1'000'000;
inline constexpr std::int64_t kMostNeed = 1'000'000'000'000'000;  // 10^9 items per second
using SlotPrices = std::array<std::int64_t, kMostSlots>;

// What one instance of each slot gives a service; 0: it cannot run there. Not all 0.
struct ServiceDemand {
  std::int64_t need = 0;
  SlotPrices gives{};
};

struct Cover {
  SlotCounts uses{};
  std::int64_t price = 0, bound = 0;
  bool exact = true;
};

Cover cheapest_cover(const ServiceDemand& demand, const SlotPrices& prices, std::size_t slots);

// Price of carrying the service with parts of instances: the linear relaxation, rounded up.
std::int64_t fractional_price(const ServiceDemand& demand, const SlotPrices& prices,
                              std::size_t slots);
// The slot that is cheapest per item.
std::size_t best_slot(const ServiceDemand& demand, const SlotPrices& prices, std::size_t slots);

// All covers of at most `most` from which no instance can be taken away. Empty when there are more
// than `limit`, or too many to look at.
std::vector<Cover> covers_within(const ServiceDemand& demand, const SlotPrices& prices,
                                 std::size_t slots, std::int64_t most, std::size_t limit);

bool covers(const ServiceDemand& demand, const SlotCounts& uses, std::size_t slots);

}  // namespace septet::plan
