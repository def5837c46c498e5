#include "plan/serve/least_gpus.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "plan/serve/small_lp.h"

namespace septet::plan {

namespace {

using Totals = std::array<double, kMostSlots>;

constexpr unsigned kMostLinearRounds = 300;
constexpr double kCloseEnough = 1e-4;  // of the bound; more rounds would gain less than that
constexpr double kTowardsNew = 0.4;    // how far from the best prices to the proposed ones

double dot(const Totals& totals, const SlotPrices& prices) {
  double sum = 0.0;
  for (std::size_t s = 0; s < kMostSlots; ++s) sum += totals[s] * static_cast<double>(prices[s]);
  return sum / static_cast<double>(kPriceUnit);
}

// Proposes prices from everything seen so far (Kelley's cutting planes, from the primal side).
class Master {
 public:
  Master(const SlotTable& table, const Totals& first)
      : slots_(table.size()), lp_(right_side(table.size()), 1) {
    scale_ = 1.0;
    for (std::size_t s = 0; s < slots_; ++s) scale_ = std::max(scale_, first[s]);
    std::vector<std::size_t> basis;
    for (const SlotColumn& column : table.columns) {
      SmallLp::Column row{};
      for (std::size_t s = 0; s < slots_; ++s) row[s] = column.holds[s];
      const std::size_t index = lp_.add(row, 1.0);
      if (basis.size() < slots_) basis.push_back(index);
    }
    basis.push_back(add(first));
    SEPTET_ASSERT(lp_.start(basis));
    lp_.solve();
  }

  std::size_t add(const Totals& totals) {
    SmallLp::Column row{};
    for (std::size_t s = 0; s < slots_; ++s) row[s] = -totals[s] / scale_;
    row[slots_] = 1.0;
    rounds_.push_back(lp_.add(row, 0.0));
    return rounds_.back();
  }
  void solve() { lp_.solve(); }
  double promised() const { return lp_.objective() * scale_; }  // no prices prove more than this
  const double* prices() const { return lp_.duals().data(); }
  double weight(std::size_t round) const { return lp_.value(rounds_[round]); }

 private:
  static std::vector<double> right_side(std::size_t slots) {
    std::vector<double> side(slots + 1, 0.0);
    side.back() = 1.0;
    return side;
  }
  std::size_t slots_;
  double scale_ = 1.0;
  SmallLp lp_;
  std::vector<std::size_t> rounds_;
};

class PriceSearch {
 public:
  PriceSearch(const SlotTable& table, const std::vector<ServiceDemand>& demands)
      : table_(table), demands_(demands) {}

  PriceSearchResult run(unsigned most_rounds) {
    found_.least.linear_prices = linear(even_prices());
    whole(found_.least.linear_prices, most_rounds);
    return std::move(found_);
  }

 private:
  // Every slot by its share of the most that fit: legal prices to begin with.
  SlotPrices even_prices() const {
    Totals share{};
    for (std::size_t s = 0; s < table_.size(); ++s)
      share[s] = 1.0 / static_cast<double>(table_.columns[s].holds[s]);
    return safe_prices(table_, share.data());
  }

  Totals linear_totals(const SlotPrices& prices) const {
    Totals totals{};
    for (const ServiceDemand& demand : demands_) {
      const std::size_t slot = best_slot(demand, prices, table_.size());
      totals[slot] += static_cast<double>(demand.need) / static_cast<double>(demand.gives[slot]);
    }
    return totals;
  }

  SlotPrices linear(SlotPrices prices) {
    Totals totals = linear_totals(prices);
    SlotPrices best = prices;
    found_.least.linear = dot(totals, prices);
    Master master(table_, totals);
    for (unsigned round = 1; round < kMostLinearRounds; ++round) {
      prices = safe_prices(table_, master.prices());
      totals = linear_totals(prices);
      if (const double value = dot(totals, prices); value > found_.least.linear) {
        found_.least.linear = value;
        best = prices;
      }
      if (master.promised() - found_.least.linear <= 1e-7 * master.promised()) break;
      master.add(totals);
      master.solve();
    }
    return best;
  }

  Totals whole_totals(const SlotPrices& prices) {
    CoverRound round;
    Totals totals{};
    std::int64_t sum = 0;
    for (const ServiceDemand& demand : demands_) {
      const Cover cover = cheapest_cover(demand, prices, table_.size());
      sum += cover.bound;
      for (std::size_t s = 0; s < table_.size(); ++s) totals[s] += cover.uses[s];
      round.covers.push_back(cover.uses);
    }
    found_.rounds.push_back(std::move(round));
    if (sum > found_.least.price) {
      found_.least.price = sum;
      found_.least.prices = prices;
    }
    return totals;
  }

  // Settled: the bound cannot rise by a GPU any more, or by nothing worth the time.
  bool settled(double promised) const {
    const double now = found_.least.exactly();
    return promised <= std::ceil(now - 1e-9) + 1e-6 && promised - now <= 0.05 * now
               ? true
               : promised - now <= kCloseEnough * promised;
  }

  SlotPrices between(const double* proposed) const {
    Totals mix{};
    for (std::size_t s = 0; s < table_.size(); ++s) {
      const double best =
          static_cast<double>(found_.least.prices[s]) / static_cast<double>(kPriceUnit);
      mix[s] = best + kTowardsNew * (proposed[s] - best);
    }
    return safe_prices(table_, mix.data());
  }

  void whole(const SlotPrices& from, unsigned most_rounds) {
    Master master(table_, whole_totals(from));
    bool straight = false;
    while (found_.rounds.size() < most_rounds && !settled(master.promised())) {
      const SlotPrices proposed = safe_prices(table_, master.prices());
      const SlotPrices prices = straight ? proposed : between(master.prices());
      const Totals totals = whole_totals(prices);
      const bool cuts = dot(totals, proposed) < master.promised() * (1.0 - 1e-9);
      const bool done = !cuts && straight;  // nothing more to learn at this precision
      straight = !cuts;
      master.add(totals);
      master.solve();
      if (done) break;
    }
    for (std::size_t round = 0; round < found_.rounds.size(); ++round)
      found_.rounds[round].weight = master.weight(round);
  }

  const SlotTable& table_;
  const std::vector<ServiceDemand>& demands_;
  PriceSearchResult found_;
};

}  // namespace

PriceSearchResult search_prices(const SlotTable& table, const std::vector<ServiceDemand>& demands,
                                unsigned most_rounds) {
  return PriceSearch(table, demands).run(most_rounds);
}

}  // namespace septet::plan
