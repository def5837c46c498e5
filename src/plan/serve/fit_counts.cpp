#include "plan/serve/fit_counts.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "plan/serve/small_lp.h"

namespace septet::plan {

namespace {

constexpr double kSlack = 1e-6;
constexpr unsigned kMostTries = 50'000;
constexpr unsigned kMostToSearch = 60;  // GPUs; the search goes as deep

// Exact search over columns for what the linear program left over.
class RestSearch {
 public:
  RestSearch(const SlotTable& table, const FitCounts& prices) : table_(table), prices_(prices) {}

  bool run(const SlotCounts& rest, unsigned gpus, std::vector<unsigned>& used) {
    used_ = &used;
    return go(rest, gpus);
  }
  bool complete() const { return tries_ <= kMostTries; }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): at most one level per GPU of the rest
  bool go(const SlotCounts& rest, unsigned gpus) {
    std::size_t slot = table_.size();
    for (std::size_t s = 0; s < table_.size(); ++s) {
      const bool larger = rest[s] > 0 && (slot == table_.size() ||
                                          table_.slots[s]->size > table_.slots[slot]->size);
      if (larger) slot = s;
    }
    if (slot == table_.size()) return true;
    if (gpus == 0) return false;
    if (prices_.proven(rest) > gpus * kPriceUnit || ++tries_ > kMostTries) return false;
    if (failed_.contains({rest, gpus})) return false;
    for (std::size_t column = 0; column < table_.columns.size(); ++column) {
      const SlotCounts& holds = table_.columns[column].holds;
      if (holds[slot] == 0) continue;
      SlotCounts left = rest;
      for (std::size_t s = 0; s < table_.size(); ++s) left[s] = std::max(0, rest[s] - holds[s]);
      ++(*used_)[column];
      if (go(left, gpus - 1)) return true;
      --(*used_)[column];
    }
    failed_.insert({rest, gpus});
    return false;
  }

  const SlotTable& table_;
  const FitCounts& prices_;
  std::set<std::pair<SlotCounts, unsigned>> failed_;
  std::vector<unsigned>* used_ = nullptr;
  unsigned tries_ = 0;
};

}  // namespace

FitCounts::FitCounts(const SlotTable& table) : table_(table) {}

double FitCounts::fractional(const SlotCounts& counts) {
  const std::size_t slots = table_.size();
  std::vector<double> demand(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(slots));
  SmallLp lp(std::move(demand), 0);
  std::vector<std::size_t> basis;
  for (const SlotColumn& column : table_.columns) {
    SmallLp::Column row{};
    for (std::size_t s = 0; s < slots; ++s) row[s] = column.holds[s];
    const std::size_t index = lp.add(row, 1.0);
    if (basis.size() < slots) basis.push_back(index);
  }
  SEPTET_ASSERT(lp.start(basis));
  lp.solve();
  shares_.assign(table_.columns.size(), 0.0);
  for (std::size_t c = 0; c < shares_.size(); ++c) shares_[c] = lp.value(c);
  if (lp.objective() > by_known_prices(counts) + kSlack) {
    std::array<double, kMostSlots> prices{};
    for (std::size_t s = 0; s < slots; ++s) prices[s] = std::max(0.0, lp.duals()[s]);
    known_.push_back(prices);
    safe_.push_back(safe_prices(table_, prices.data()));
  }
  return lp.objective();
}

std::int64_t FitCounts::proven(const SlotCounts& counts) const {
  std::int64_t most = 0;
  for (const SlotPrices& prices : safe_) {
    std::int64_t sum = 0;
    for (std::size_t s = 0; s < table_.size(); ++s) sum += prices[s] * counts[s];
    most = std::max(most, sum);
  }
  return most;
}

double FitCounts::by_known_prices(const SlotCounts& counts) const {
  double most = 0.0;
  for (const auto& prices : known_) {
    double sum = 0.0;
    for (std::size_t s = 0; s < table_.size(); ++s) sum += prices[s] * counts[s];
    most = std::max(most, sum);
  }
  return most;
}

std::optional<std::vector<unsigned>> FitCounts::into(const SlotCounts& counts, unsigned gpus,
                                                     bool* sure) {
  if (sure != nullptr) *sure = true;
  fractional(counts);
  if (proven(counts) > gpus * kPriceUnit) return std::nullopt;
  // Some GPUs per column less than the linear program has: room for the search to do better. The
  // last time none is taken from it, and the search looks at everything.
  for (const double less : {0.0, 1.0, 2.0, 1e9}) {
    std::vector<unsigned> used(table_.columns.size(), 0);
    SlotCounts rest = counts;
    unsigned taken = 0;
    for (std::size_t c = 0; c < used.size(); ++c) {
      used[c] = static_cast<unsigned>(std::max(0.0, std::floor(shares_[c] + kSlack) - less));
      taken += used[c];
      for (std::size_t s = 0; s < table_.size(); ++s)
        rest[s] -= static_cast<std::int32_t>(used[c]) * table_.columns[c].holds[s];
    }
    for (std::int32_t& count : rest) count = std::max(0, count);
    if (taken > gpus || gpus - taken > kMostToSearch) continue;
    RestSearch search(table_, *this);
    if (search.run(rest, gpus - taken, used)) return used;
    if (taken == 0 && search.complete()) return std::nullopt;
  }
  if (sure != nullptr) *sure = false;
  return std::nullopt;
}

std::vector<unsigned> FitCounts::into_fewest(const SlotCounts& counts) {
  for (auto gpus = static_cast<unsigned>(std::ceil(fractional(counts) - kSlack));; ++gpus) {
    if (auto used = into(counts, gpus)) return *used;
  }
}

SlotPrices safe_prices(const SlotTable& table, const double* proposed) {
  SlotPrices prices{};
  for (std::size_t s = 0; s < table.size(); ++s) {
    const double scaled = std::clamp(proposed[s], 0.0, 1.0) * static_cast<double>(kPriceUnit);
    prices[s] = static_cast<std::int64_t>(scaled);
  }
  std::int64_t dearest = 0;
  for (const SlotColumn& column : table.columns) {
    std::int64_t sum = 0;
    for (std::size_t s = 0; s < table.size(); ++s) sum += prices[s] * column.holds[s];
    dearest = std::max(dearest, sum);
  }
  if (dearest > kPriceUnit) {
    for (std::int64_t& price : prices) price = price * (kPriceUnit / 1000) / (dearest / 1000 + 1);
  }
  return prices;
}

}  // namespace septet::plan
