#include "verify/layout_prices.h"

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

class Walk {
 public:
  Walk(const mig::Geometry& geometry, const std::vector<Whole>& prices)
      : geometry_(geometry), prices_(prices) {}

  void from(unsigned first_start, const mig::Occupancy& taken, Whole worth) {
    ++visited;
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
        from(start + profile.size, with, worth + prices_[row]);
        added_.pop_back();
      }
    }
  }

  std::size_t visited = 0;
  Whole best_worth = 0;
  std::vector<mig::Instance> best;

 private:
  const mig::Geometry& geometry_;
  const std::vector<Whole>& prices_;
  std::vector<mig::Instance> added_;
};

}  // namespace

std::optional<std::vector<Fraction>> slot_prices(const mig::Geometry& geometry,
                                                 const Certificate& certificate,
                                                 const std::vector<Fraction>& replica_prices) {
  std::vector<Fraction> slots(geometry.profiles.size());
  for (std::size_t w = 0; w < certificate.workloads.size(); ++w) {
    for (std::size_t row = 0; row < slots.size(); ++row) {
      const auto dearer = difference(replica_prices[w], slots[row]);
      if (!dearer) return std::nullopt;
      if (dearer->numerator() > 0 &&
          acceptable(geometry, geometry.profiles[row], certificate.workloads[w]))
        slots[row] = replica_prices[w];
    }
  }
  return slots;
}

std::optional<Dearest> dearest_layout(const mig::Geometry& geometry, const mig::Layout& held,
                                      const std::vector<Fraction>& slot_prices) {
  const auto prices = scaled(slot_prices);
  if (!prices) return std::nullopt;
  Walk walk(geometry, prices->by_row);
  walk.from(0, held.occupancy(), 0);
  const auto worth = Fraction::make(walk.best_worth, prices->denominator);
  auto layout = mig::Layout::make(geometry, walk.best);
  if (!worth || !layout) return std::nullopt;
  return Dearest{std::move(*layout), *worth, walk.visited};
}

}  // namespace septet::verify
