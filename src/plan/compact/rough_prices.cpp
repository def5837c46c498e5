#include "plan/compact/rough_prices.h"

#include <algorithm>
#include <cmath>

#include "plan/linear_program.h"

namespace septet::plan {

namespace {

constexpr std::size_t kLots = 16;
constexpr int kMostRoughRounds = 40;
constexpr double kDear = 64;     // a slot that is missing, a GPU too many: more than any is worth
constexpr double kRough = 1e-3;  // of the value: near enough

double net_cost(const Reshape& reshape, ReshapeGoal goal, const ReshapePrices& prices) {
  double cost = static_cast<double>(cost_of(reshape, goal)) + (reshape.used ? prices.gpu : 0.0);
  for (std::size_t c = 0; c < prices.slot.size(); ++c) cost -= prices.slot[c] * reshape.slots[c];
  return cost;
}

// Everything that the sources of a lot offer when each takes its best reshape.
struct LotOffer {
  double cost = 0, used = 0, net = 0;
  std::vector<double> slots;
};

class RoughProgram {
 public:
  explicit RoughProgram(const ReshapeProblem& problem) : problem_(problem) {
    for (const std::uint64_t slots : problem.slots) {
      const int row = program_.add_row(static_cast<double>(slots), LinearProgram::kNoLimit);
      program_.add_column(kDear, LinearProgram::kNoLimit, {{row, 1.0}});
    }
    used_row_ = program_.add_row(
        -LinearProgram::kNoLimit,
        problem.most_used ? static_cast<double>(*problem.most_used) : LinearProgram::kNoLimit);
    program_.add_column(kDear, LinearProgram::kNoLimit, {{used_row_, -1.0}});
    for (std::size_t lot = 0; lot < kLots; ++lot) (void)program_.add_row(1.0, 1.0);
    prices_.slot.assign(problem.slots.size(), 0.0);
  }

  ReshapePrices run() {
    double value = 0;
    std::vector<double> lot_prices(kLots, LinearProgram::kNoLimit);
    for (int round = 0; round < kMostRoughRounds; ++round) {
      if (!improve(lot_prices, kRough * value)) break;
      const Fractions fractions = best_fractions(program_);
      if (fractions.outcome != Outcome::kOptimal) break;
      value = fractions.value;
      read(fractions, lot_prices);
    }
    return prices_;
  }

 private:
  int lot_row(std::size_t lot) const { return used_row_ + 1 + static_cast<int>(lot); }

  // Whether the lots can still do better than at the last prices, by more than `enough`.
  bool improve(const std::vector<double>& lot_prices, double enough) {
    const std::vector<LotOffer> offers = best_offers();
    double gain = 0;
    for (std::size_t lot = 0; lot < kLots; ++lot) {
      gain += lot_prices[lot] - offers[lot].net;
      add(lot, offers[lot]);
    }
    return gain > enough;
  }

  std::vector<LotOffer> best_offers() const {
    std::vector<LotOffer> offers(kLots);
    for (LotOffer& offer : offers) offer.slots.assign(problem_.slots.size(), 0.0);
    for (std::size_t s = 0; s < problem_.sources.size(); ++s) {
      const Reshape* best = nullptr;
      double least = LinearProgram::kNoLimit;
      for (const Reshape& one : problem_.sources[s].reshapes) {
        const double net = net_cost(one, problem_.goal, prices_);
        if (best != nullptr && net >= least) continue;
        best = &one;
        least = net;
      }
      if (best == nullptr) continue;
      const double gpus = static_cast<double>(problem_.sources[s].gpus);
      LotOffer& offer = offers[s % kLots];
      offer.cost += gpus * static_cast<double>(cost_of(*best, problem_.goal));
      offer.used += best->used ? gpus : 0.0;
      offer.net += gpus * least;
      for (std::size_t c = 0; c < offer.slots.size(); ++c) offer.slots[c] += gpus * best->slots[c];
    }
    return offers;
  }

  void add(std::size_t lot, const LotOffer& offer) {
    std::vector<LinearProgram::Entry> entries;
    for (std::size_t c = 0; c < offer.slots.size(); ++c)
      entries.push_back({static_cast<int>(c), offer.slots[c]});
    entries.push_back({used_row_, offer.used});
    entries.push_back({lot_row(lot), 1.0});
    program_.add_column(offer.cost, LinearProgram::kNoLimit, entries);
  }

  void read(const Fractions& fractions, std::vector<double>& lot_prices) {
    const auto price = [&](int row) { return fractions.row_price[static_cast<std::size_t>(row)]; };
    for (std::size_t c = 0; c < prices_.slot.size(); ++c)
      prices_.slot[c] = std::max(0.0, price(static_cast<int>(c)));
    prices_.gpu = std::max(0.0, -price(used_row_));
    for (std::size_t lot = 0; lot < kLots; ++lot) lot_prices[lot] = price(lot_row(lot));
  }

  const ReshapeProblem& problem_;
  LinearProgram program_;
  int used_row_ = 0;
  ReshapePrices prices_;
};

}  // namespace

std::vector<std::vector<double>> net_costs(const ReshapeProblem& problem,
                                           const ReshapePrices& prices, double waiting_cost) {
  std::vector<std::vector<double>> nets;
  nets.reserve(problem.sources.size());
  for (const ReshapeSource& source : problem.sources) {
    std::vector<double> net;
    net.reserve(source.reshapes.size());
    for (const Reshape& reshape : source.reshapes)
      net.push_back(net_cost(reshape, problem.goal, prices) + waiting_cost * reshape.waiting);
    nets.push_back(std::move(net));
  }
  return nets;
}

ReshapePrices rough_prices(const ReshapeProblem& problem) { return RoughProgram(problem).run(); }

}  // namespace septet::plan
