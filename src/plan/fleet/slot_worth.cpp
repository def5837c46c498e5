#include "plan/fleet/slot_worth.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

namespace septet::plan {

namespace {

// The most that the demands considered so far pay beyond `shared`, by the slots that they leave.
using GainBySlots = std::map<ClassCount, std::int64_t>;

}  // namespace

SlotWorth::SlotWorth(const Fleet& fleet, const FleetFillings& fillings,
                     const std::vector<std::int64_t>& prices) {
  for (const auto& classes : fillings.classes)
    products_.push_back({std::vector<std::int64_t>(classes.size(), 0), {}});
  for (std::size_t d = 0; d < fleet.demands.size(); ++d) {
    const bool apart = fleet.demands[d].workload.apart;
    std::vector<std::size_t> added(products_.size(), 0);
    for (const FleetChoice& choice : fleet.demands[d].choices) {
      OfProduct& product = products_[choice.product];
      const std::size_t c = class_of(fillings.classes[choice.product], choice.profile);
      if (!apart) {
        product.shared[c] = std::max(product.shared[c], prices[d]);
        continue;
      }
      if (added[choice.product]++ == 0)
        product.once.push_back({prices[d], std::vector<bool>(product.shared.size(), false)});
      product.once.back().does[c] = true;
    }
  }
  for (OfProduct& product : products_)
    std::ranges::stable_sort(product.once, std::ranges::greater{}, &Once::price);
}

std::int64_t SlotWorth::of(std::size_t product, const ClassCount& slots) {
  const OfProduct& here = products_[product];
  std::int64_t worth = 0;
  for (std::size_t c = 0; c < here.shared.size(); ++c) worth += slots[c] * here.shared[c];
  if (here.once.empty()) return worth;
  const auto [known, added] = once_.try_emplace({product, slots}, 0);
  if (added) known->second = once_gain(here, slots);
  return worth + known->second;
}

// An assignment: each demand to at most one slot, one demand after the other.
std::int64_t SlotWorth::once_gain(const OfProduct& here, const ClassCount& slots) {
  GainBySlots gains{{slots, 0}};
  const auto most = std::accumulate(slots.begin(), slots.end(), 0u);
  std::vector<unsigned> tried(slots.size(), 0);
  for (const Once& once : here.once) {
    // As many dearer demands as there are slots leave nothing to this one.
    bool of_use = false;
    for (std::size_t c = 0; c < slots.size(); ++c) {
      of_use = of_use ||
               (once.does[c] && slots[c] > 0 && once.price > here.shared[c] && tried[c] < most);
    }
    if (!of_use) continue;
    const GainBySlots before = gains;
    for (std::size_t c = 0; c < slots.size(); ++c) {
      if (!once.does[c]) continue;
      ++tried[c];
      for (const auto& [left, gain] : before) {
        if (left[c] == 0) continue;
        ClassCount taken = left;
        --taken[c];
        std::int64_t& best = gains.try_emplace(std::move(taken), 0).first->second;
        best = std::max(best, gain + once.price - here.shared[c]);
      }
    }
  }
  std::int64_t best = 0;
  for (const auto& [left, gain] : gains) best = std::max(best, gain);
  return best;
}

}  // namespace septet::plan
