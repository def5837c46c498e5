#include "plan/fleet/most_carried.h"

#include <algorithm>
#include <functional>
#include <set>

#include "plan/fleet/solve_program.h"

namespace septet::plan {

namespace {

using Goal = FleetProgram::Goal;
constexpr std::size_t kMostPriorityClasses = 64;

class CarriedByClass {
 public:
  explicit CarriedByClass(const Fleet& fleet)
      : fleet_(fleet), fillings_(fillings_of(fleet)), solver_(fleet, fillings_) {
    std::set<int, std::greater<>> priorities;
    for (const FleetDemand& demand : fleet.demands) priorities.insert(demand.workload.priority);
    for (const FleetDemand& demand : fleet.demands) {
      const auto rank = static_cast<std::size_t>(
          std::distance(priorities.begin(), priorities.find(demand.workload.priority)));
      const std::size_t its_class = std::min(rank, kMostPriorityClasses - 1);
      class_of_.push_back(its_class);
      if (its_class >= answer_.classes.size()) answer_.classes.resize(its_class + 1);
      CarriedClass& carried = answer_.classes[its_class];
      carried.priority = carried.asked == 0 ? demand.workload.priority
                                            : std::max(carried.priority, demand.workload.priority);
      carried.asked += demand.workload.replicas;
    }
    solver_.terms().class_of_demand = class_of_;
  }

  std::optional<MostCarried> run() {
    for (std::size_t c = 0; c < answer_.classes.size(); ++c) {
      if (!solve(c)) return std::nullopt;
    }
    make_cheaper();
    return std::move(answer_);
  }

 private:
  bool solve(std::size_t c) {
    answer_.classes[c].proved = proved_left(c);
    WholeLimits limits;
    limits.gap = 0.5;
    limits.fraction = 1.0 / 5000;
    FleetPlan plan;
    if (!solver_.whole_numbers(Goal::kFewestLeft, kTidy / units(), limits, plan).found)
      return false;
    take(std::move(plan));
    const std::uint64_t left = left_of(c);
    answer_.classes[c].left = left;
    solver_.terms().left_of_class.push_back(left);
    return true;
  }

  // All that is left out is fixed; branch and bound may fail to find what is already there.
  void make_cheaper() {
    WholeLimits limits;
    limits.gap = 0.5 * static_cast<double>(fleet_.cost_step());
    limits.fraction = 1.0 / 5000;
    FleetPlan plan;
    const double unit_cost = kTidy * static_cast<double>(fleet_.cost_step()) / units();
    const auto whole = solver_.whole_numbers(Goal::kLeastCost, unit_cost, limits, plan);
    if (whole.found && plan.cost <= answer_.plan.cost) take(std::move(plan));
  }

  void take(FleetPlan plan) {
    answer_.plan = std::move(plan);
    answer_.carried.assign(fleet_.demands.size(), 0);
    for (const FleetShare& share : answer_.plan.shares)
      answer_.carried[share.demand] += share.replicas;
  }

  std::uint64_t left_of(std::size_t c) const {
    std::uint64_t left = 0;
    for (std::size_t d = 0; d < class_of_.size(); ++d) {
      if (class_of_[d] == c) left += fleet_.demands[d].workload.replicas - answer_.carried[d];
    }
    return left;
  }

  // What the prices of the fractions prove of class c; those of lower classes are nothing.
  std::uint64_t proved_left(std::size_t c) {
    const FleetFractions fractions = solver_.fractions(Goal::kFewestLeft);
    if (fractions.outcome != Outcome::kOptimal) return 0;
    Prices prices = snapped(fractions.replica_prices);
    std::vector<std::int64_t> dearest(c, 0);
    for (std::size_t d = 0; d < class_of_.size(); ++d) {
      std::int64_t& price = prices.replica[d];
      if (class_of_[d] > c) price = 0;
      if (class_of_[d] == c) price = std::min(price, prices.denominator);
      if (class_of_[d] < c) dearest[class_of_[d]] = std::max(dearest[class_of_[d]], price);
    }
    Wide missing = price_bound(fleet_, fillings_, true, prices);
    for (std::size_t higher = 0; higher < c; ++higher)
      missing -= Wide{dearest[higher]} * answer_.classes[higher].left;
    return static_cast<std::uint64_t>(rounded_up(missing, prices.denominator, 1));
  }

  // All replicas together, in memory units: a tie between plans is broken by less than one.
  double units() const {
    double most = 1;
    for (const FleetDemand& demand : fleet_.demands) most += 8.0 * demand.workload.replicas;
    return most;
  }

  static constexpr double kTidy = 0.4;
  const Fleet& fleet_;
  const FleetFillings fillings_;
  FleetProgramSolver solver_;
  std::vector<std::size_t> class_of_;  // by demand
  MostCarried answer_;
};

}  // namespace

bool MostCarried::proved() const {
  return std::ranges::all_of(classes,
                             [](const CarriedClass& one) { return one.proved == one.left; });
}

std::optional<MostCarried> most_carried(const Fleet& fleet) { return CarriedByClass(fleet).run(); }

}  // namespace septet::plan
