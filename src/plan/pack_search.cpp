#include "plan/pack_search.h"

#include <algorithm>
#include <bit>
#include <tuple>

namespace septet::plan {

namespace {

constexpr unsigned kCreated = 48, kGpus = 32, kMode = 16;

std::string key_of(const Fill& fill) {
  std::string key;
  for (const std::uint16_t count : fill) {
    key += static_cast<char>(count & 0xffu);
    key += static_cast<char>(count >> 8u);
  }
  return key;
}

bool is_zero(const Fill& fill) {
  return std::ranges::all_of(fill, [](std::uint16_t count) { return count == 0; });
}

unsigned total(const Fill& fill) {
  unsigned sum = 0;
  for (const std::uint16_t count : fill) sum += count;
  return sum;
}

int units(const Option& option) { return std::popcount(option.layout.occupancy().units); }

bool within(const Fill& fill, const Fill& remaining) {
  return std::ranges::equal(fill, remaining,
                            [](std::uint16_t a, std::uint16_t b) { return a <= b; });
}

}  // namespace

PackSearch::PackSearch(const std::vector<SearchType>& types, const std::vector<SearchBin>& bins,
                       const std::vector<Argument>& arguments, std::uint64_t budget)
    : types_(types), bins_(bins), arguments_(arguments), budget_(budget) {
  for (const SearchType& type : types) {
    std::vector<const Option*> order;
    by_fill_.emplace_back();
    for (const Option& option : type.options) {
      order.push_back(&option);
      by_fill_.back()[key_of(option.fill)] = &option;
    }
    // Most reuse first, then the fullest: the first dive is then close to the answer.
    std::ranges::stable_sort(order, std::ranges::greater{}, [](const Option* option) {
      return std::tuple(static_cast<int>(total(option->fill)) - static_cast<int>(option->created),
                        total(option->fill), units(*option));
    });
    order_.push_back(std::move(order));
    maximal_.push_back(maximal_options(type.options));
    std::ranges::stable_sort(maximal_.back(), std::ranges::greater{}, [](const Option* option) {
      return std::tuple(units(*option), option->layout.compute_slices());
    });
  }
  serving_from_.resize(bins.size() + 1);
  for (std::size_t bin = bins.size(); bin-- > 0;) {
    serving_from_[bin] = types[bins[bin].type].serving;
    if (bin + 1 == bins.size()) continue;
    for (std::size_t c = 0; c < serving_from_[bin].size(); ++c) {
      serving_from_[bin][c] =
          static_cast<std::uint16_t>(serving_from_[bin][c] + serving_from_[bin + 1][c]);
    }
  }
}

PackSearch::Cost PackSearch::bound(std::size_t bin, const Fill& remaining) const {
  Cost created = 0;
  for (std::size_t c = 0; c < remaining.size(); ++c) {
    const unsigned serving = bin < bins_.size() ? serving_from_[bin][c] : 0;
    if (remaining[c] > serving) created += remaining[c] - serving;
  }
  return (created << kCreated) + (Cost{lower_bound(arguments_, remaining)} << kGpus);
}

bool PackSearch::seen(std::size_t bin, const Fill& remaining, Cost cost) {
  const auto [slot, added] = seen_.try_emplace(key_of(remaining) + static_cast<char>(bin), cost);
  if (added) return false;
  if (slot->second <= cost) return true;
  slot->second = cost;
  return false;
}

void PackSearch::start(const Fill& demand, bool first_is_enough) {
  seen_.clear();
  path_.assign(bins_.size(), nullptr);
  tries_ = 0;
  found_ = false;
  first_is_enough_ = first_is_enough;
  root_ = bound(0, demand);
  Fill remaining = demand;
  visit(0, remaining, 0);
}

void PackSearch::visit(std::size_t bin, Fill& remaining, Cost cost) {
  if (is_zero(remaining)) {
    if (found_ && cost >= best_cost_) return;
    found_ = true;
    best_cost_ = cost;
    best_path_ = path_;
    std::fill(best_path_.begin() + static_cast<std::ptrdiff_t>(bin), best_path_.end(), nullptr);
    return;
  }
  if (bin == bins_.size() || stop()) return;
  if (lower_bound(arguments_, remaining) > bins_.size() - bin) return;
  if (found_ && cost + bound(bin, remaining) >= best_cost_) return;
  if (seen(bin, remaining, cost)) return;
  if (bins_[bin].empty) {
    visit_empty(bin, remaining, cost);
  } else {
    visit_held(bin, remaining, cost);
  }
}

void PackSearch::take(std::size_t bin, Fill& remaining, Cost cost, const Option& option) {
  ++tries_;
  for (std::size_t c = 0; c < remaining.size(); ++c) {
    remaining[c] = static_cast<std::uint16_t>(remaining[c] - option.fill[c]);
  }
  path_[bin] = &option;
  visit(bin + 1, remaining,
        cost + (Cost{option.created} << kCreated) + (Cost{1} << kGpus) +
            (Cost{bins_[bin].mode_cost} << kMode) + option.destroyed);
  path_[bin] = nullptr;
  for (std::size_t c = 0; c < remaining.size(); ++c) {
    remaining[c] = static_cast<std::uint16_t>(remaining[c] + option.fill[c]);
  }
}

void PackSearch::visit_held(std::size_t bin, Fill& remaining, Cost cost) {
  for (const Option* const option : order_[bins_[bin].type]) {
    if (stop()) return;
    if (is_zero(option->fill) || !within(option->fill, remaining)) continue;
    take(bin, remaining, cost, *option);
  }
  visit(bin + 1, remaining, cost);
}

void PackSearch::visit_empty(std::size_t bin, Fill& remaining, Cost cost) {
  const SearchBin& here = bins_[bin];
  std::vector<const Option*> tried;
  for (const Option* const full : maximal_[here.type]) {
    if (stop()) return;
    Fill clipped = full->fill;
    for (std::size_t c = 0; c < clipped.size(); ++c)
      clipped[c] = std::min(clipped[c], remaining[c]);
    const Option* const option = by_fill_[here.type].at(key_of(clipped));
    if (is_zero(clipped) || std::ranges::find(tried, option) != tried.end()) continue;
    tried.push_back(option);
    take(bin, remaining, cost, *option);
  }
  // Leaving this one out leaves out its equals too: they are interchangeable.
  std::size_t next = bin;
  while (next < bins_.size() && bins_[next].type == here.type &&
         bins_[next].mode_cost == here.mode_cost) {
    ++next;
  }
  visit(next, remaining, cost);
}

std::optional<Solution> PackSearch::best(const Fill& demand) {
  start(demand, false);
  if (!found_) return std::nullopt;
  Solution solution;
  solution.choice = best_path_;
  for (const Option* const option : best_path_) {
    if (option == nullptr) continue;
    ++solution.gpus;
    solution.created += option->created;
    solution.destroyed += option->destroyed;
  }
  return solution;
}

bool PackSearch::feasible(const Fill& demand) {
  start(demand, true);
  return found_;
}

}  // namespace septet::plan
