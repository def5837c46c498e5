#include "verify/layout_prices.h"

#include <algorithm>
#include <map>
#include <utility>

#include "verify/acceptable.h"

namespace septet::verify {

namespace {

// One common denominator, so that a walk over thousands of layouts adds whole numbers.
struct Scaled {
  Whole denominator = 1;
  std::vector<Whole> by_row;
};

std::optional<Scaled> scaled(const std::vector<Fraction>& prices) {
  // Eight instances and the sums above them must not overflow either.
  constexpr Whole kMost = Whole{1} << 100;
  Scaled result;
  for (const Fraction& price : prices) {
    Whole a = result.denominator, b = price.denominator();
    while (b != 0) a = std::exchange(b, a % b);
    if (result.denominator > kMost / (price.denominator() / a)) return std::nullopt;
    result.denominator *= price.denominator() / a;
  }
  for (const Fraction& price : prices) {
    const Whole times = result.denominator / price.denominator();
    if (price.numerator() > kMost / times) return std::nullopt;
    result.by_row.push_back(price.numerator() * times);
  }
  return result;
}

// Prices in parts of one denominator.
struct WholePrices {
  std::vector<Whole> dearest;  // by row
  struct Once {
    Whole price = 0;
    const std::vector<bool>* does = nullptr;
  };
  std::vector<Once> once;  // the dearest first
};

// What the workloads that pay once add to what the others pay for these instances (rows). Every
// set of instances that they could have is tried, one workload after the other.
Whole once_worth(const WholePrices& prices, const std::vector<std::size_t>& rows) {
  std::vector<Whole> best(std::size_t{1} << rows.size(), 0);  // by the set of those they have
  std::vector<std::size_t> tried(prices.dearest.size(), 0);   // workloads, by row
  for (const auto& [price, does] : prices.once) {
    bool of_use = false;  // as many dearer ones as there are instances leave nothing to this one
    for (const std::size_t row : rows)
      of_use = of_use || ((*does)[row] && price > prices.dearest[row] && tried[row] < rows.size());
    if (!of_use) continue;
    for (std::size_t row = 0; row < tried.size(); ++row) tried[row] += (*does)[row] ? 1 : 0;
    for (std::size_t set = best.size(); set-- > 0;) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::size_t bit = std::size_t{1} << i;
        if ((set & bit) == 0 || !(*does)[rows[i]]) continue;
        best[set] = std::max(best[set], best[set ^ bit] + price - prices.dearest[rows[i]]);
      }
    }
  }
  return std::ranges::max(best);
}

class Walk {
 public:
  Walk(const mig::Geometry& geometry, const WholePrices& prices)
      : geometry_(geometry), prices_(prices) {}

  // `shared`: what those that may share a GPU with themselves pay.
  void from(unsigned first_start, const mig::Occupancy& taken, Whole shared) {
    ++visited;
    const Whole worth = shared + by_once();
    if (worth > best_worth) {
      best_worth = worth;
      best = added_;
    }
    for (unsigned start = first_start; start < geometry_.units && start < 16; ++start) {
      for (std::size_t row = 0; row < geometry_.profiles.size(); ++row) {
        const mig::GpuInstanceProfile& profile = geometry_.profiles[row];
        const mig::Placement at{static_cast<std::uint8_t>(start), profile.size};
        if (mig::may_add(geometry_, taken, profile, at) != mig::Refusal::kNone) continue;
        mig::Occupancy with = taken;
        with.add(profile, at);
        added_.push_back({&profile, at});
        from(start + profile.size, with, shared + prices_.dearest[row]);
        added_.pop_back();
      }
    }
  }

  std::size_t visited = 0;
  Whole best_worth = 0;
  std::vector<mig::Instance> best;

 private:
  // Layouts of the same instances pay the same.
  Whole by_once() {
    if (prices_.once.empty()) return 0;
    std::vector<std::size_t> rows;
    for (const mig::Instance& instance : added_)
      rows.push_back(static_cast<std::size_t>(instance.profile - geometry_.profiles.data()));
    std::ranges::sort(rows);
    const auto known = known_.find(rows);
    if (known != known_.end()) return known->second;
    return known_[rows] = once_worth(prices_, rows);
  }

  const mig::Geometry& geometry_;
  const WholePrices& prices_;
  std::vector<mig::Instance> added_;
  std::map<std::vector<std::size_t>, Whole> known_;
};

std::optional<bool> dearer(const Fraction& price, const Fraction& than) {
  const auto more = difference(price, than);
  if (!more) return std::nullopt;
  return more->numerator() > 0;
}

std::optional<std::pair<WholePrices, Whole>> in_whole_numbers(const SlotPrices& slots) {
  std::vector<Fraction> all = slots.dearest;
  for (const SlotPrices::Once& once : slots.once) all.push_back(once.price);
  const auto whole = scaled(all);
  if (!whole) return std::nullopt;
  WholePrices prices;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i < slots.dearest.size()) {
      prices.dearest.push_back(whole->by_row[i]);
    } else {
      prices.once.push_back({whole->by_row[i], &slots.once[i - slots.dearest.size()].does});
    }
  }
  std::ranges::stable_sort(prices.once, std::ranges::greater{}, &WholePrices::Once::price);
  return std::pair(std::move(prices), whole->denominator);
}

}  // namespace

std::optional<SlotPrices> slot_prices(const mig::Product& product, const Certificate& certificate,
                                      const std::vector<Fraction>& replica_prices) {
  const auto& rows = product.geometry.profiles;
  SlotPrices slots;
  slots.dearest.resize(rows.size());
  for (std::size_t w = 0; w < certificate.workloads.size(); ++w) {
    const WorkloadClaim& workload = certificate.workloads[w];
    if (!allowed(product, workload)) continue;
    SlotPrices::Once once{replica_prices[w], {}};
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const bool does = acceptable(product.geometry, rows[row], workload);
      once.does.push_back(does);
      if (workload.apart || !does) continue;
      const auto more = dearer(replica_prices[w], slots.dearest[row]);
      if (!more) return std::nullopt;
      if (*more) slots.dearest[row] = replica_prices[w];
    }
    if (workload.apart) slots.once.push_back(std::move(once));
  }
  return slots;
}

std::optional<Dearest> dearest_layout(const mig::Geometry& geometry, const mig::Layout& held,
                                      const SlotPrices& slot_prices) {
  const auto prices = in_whole_numbers(slot_prices);
  if (!prices) return std::nullopt;
  Walk walk(geometry, prices->first);
  walk.from(0, held.occupancy(), 0);
  const auto worth = Fraction::make(walk.best_worth, prices->second);
  auto layout = mig::Layout::make(geometry, walk.best);
  if (!worth || !layout) return std::nullopt;
  return Dearest{std::move(*layout), *worth, walk.visited};
}

}  // namespace septet::verify
