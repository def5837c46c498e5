#include "plan/fleet/price_bound.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "plan/fleet/slot_worth.h"

namespace septet::plan {

namespace {

constexpr std::int64_t kMostDenominator = 20'160;
constexpr std::int64_t kFineDenominator = 1'000'000;

bool exact_over(std::int64_t denominator, const std::vector<double>& values) {
  return std::ranges::all_of(values, [denominator](double value) {
    const double scaled = value * static_cast<double>(denominator);
    return std::abs(scaled - std::round(scaled)) <=
               1e-7 * std::max(1.0, value) * static_cast<double>(denominator) &&
           std::abs(scaled - std::round(scaled)) < 0.01;
  });
}

}  // namespace

FleetFillings fillings_of(const Fleet& fleet) {
  FleetFillings fillings;
  for (const FleetProduct& product : fleet.products)
    fillings.classes.push_back(packing_classes(*product.geometry));
  // Pools that are cut alike share their answer: thousands of GPUs, few different ones.
  std::map<std::pair<std::size_t, std::vector<std::pair<std::size_t, std::uint8_t>>>, std::size_t>
      known;
  for (const Pool& pool : fleet.pools) {
    const auto& classes = fillings.classes[pool.product];
    std::vector<std::pair<std::size_t, std::uint8_t>> held;
    for (const mig::Instance& instance : pool.held)
      held.emplace_back(class_of(classes, instance.profile), instance.at.start);
    std::ranges::sort(held);
    const auto [slot, added] =
        known.try_emplace({pool.product, std::move(held)}, fillings.pools.size());
    if (added) {
      const mig::Geometry& geometry = *fleet.products[pool.product].geometry;
      fillings.pools.push_back(fullest_fillings(geometry, classes, pool.held));
    } else {
      auto same = fillings.pools[slot->second];
      fillings.pools.push_back(std::move(same));
    }
  }
  return fillings;
}

Prices snapped(const std::vector<double>& replica_prices) {
  Prices prices;
  prices.denominator = kFineDenominator;
  for (std::int64_t denominator = 1; denominator <= kMostDenominator; ++denominator) {
    if (!exact_over(denominator, replica_prices)) continue;
    prices.denominator = denominator;
    break;
  }
  for (const double price : replica_prices) {
    prices.replica.push_back(
        std::llround(std::max(0.0, price) * static_cast<double>(prices.denominator)));
  }
  return prices;
}

Wide price_bound(const Fleet& fleet, const FleetFillings& fillings, bool free, Prices& prices) {
  SlotWorth worth(fleet, fillings, prices.replica);
  Wide bound = 0;
  for (std::size_t d = 0; d < fleet.demands.size(); ++d)
    bound += Wide{prices.replica[d]} * fleet.demands[d].workload.replicas;
  prices.gpu.assign(fleet.pools.size(), 0);
  for (std::size_t p = 0; p < fleet.pools.size(); ++p) {
    const Pool& pool = fleet.pools[p];
    const std::int64_t cost = free ? 0 : pool.cost * prices.denominator;
    for (const Filling& filling : fillings.pools[p]) {
      prices.gpu[p] = std::max(prices.gpu[p], worth.of(pool.product, filling.added) - cost);
    }
    bound -= Wide{prices.gpu[p]} * pool.gpus;
  }
  return bound;
}

std::int64_t rounded_up(Wide numerator, std::int64_t denominator, std::int64_t step) {
  if (numerator <= 0) return 0;
  const Wide unit = Wide{denominator} * step;
  return static_cast<std::int64_t>((numerator + unit - 1) / unit) * step;
}

}  // namespace septet::plan
