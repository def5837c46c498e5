#include "plan/fleet/solve_fleet.h"

#include <algorithm>
#include <cmath>

#include "plan/fleet/hand_out.h"
#include "plan/fleet/one_product.h"
#include "plan/fleet/solve_program.h"

namespace septet::plan {

namespace {

using Goal = FleetProgram::Goal;

// One pool of empty GPUs, and every demand has a choice that no other is better than in any way:
// then counting is enough.
class CountedFleet {
 public:
  explicit CountedFleet(const Fleet& fleet)
      : fleet_(fleet), product_(*fleet.products.front().geometry) {
    for (const FleetDemand& demand : fleet.demands) {
      const auto best = std::ranges::find_if(demand.choices, [&](const FleetChoice& choice) {
        return std::ranges::all_of(demand.choices, [&](const FleetChoice& other) {
          return no_heavier(row(choice), row(other));
        });
      });
      if (best != demand.choices.end()) choice_.push_back(*best);
    }
  }

  static bool may_apply(const Fleet& fleet) {
    return fleet.products.size() == 1 && fleet.pools.size() == 1 &&
           fleet.pools.front().held.empty() && fleet.pools.front().cost > 0 && !fleet.keeps_apart();
  }
  bool applies() const { return choice_.size() == fleet_.demands.size(); }

  FleetPlan plan(const FleetFillings& fillings) const {
    std::vector<std::uint64_t> demand(product_.classes().size(), 0);
    for (std::size_t d = 0; d < choice_.size(); ++d)
      demand[row(choice_[d])] += fleet_.demands[d].workload.replicas;
    const OneProductPacking packing = product_.pack(demand);
    FleetPlan plan;
    plan.closed_form = true;
    const Pool& pool = fleet_.pools.front();
    const bool fits = packing.gpus <= pool.gpus;
    set_prices(packing, fits ? pool.cost : 1, fillings, !fits, plan);
    if (packing.bound > pool.gpus) plan.verdict = FleetVerdict::kImpossible;
    if (!fits) return plan;
    plan.verdict = FleetVerdict::kFits;
    plan.cost = static_cast<std::int64_t>(packing.gpus) * pool.cost;
    plan.linear_value = static_cast<double>(plan.bound);
    hand_out(packing, fillings, plan);
    return plan;
  }

 private:
  std::size_t row(const FleetChoice& choice) const {
    return class_of(product_.classes(), choice.profile);
  }
  bool no_heavier(std::size_t a, std::size_t b) const {
    return std::ranges::all_of(product_.bounds(), [a, b](const CountingBound& bound) {
      return bound.weight[a] <= bound.weight[b];
    });
  }

  // A counting bound is a price list: what a class weighs, in parts of a GPU.
  void set_prices(const OneProductPacking& packing, std::int64_t gpu_cost,
                  const FleetFillings& fillings, bool free, FleetPlan& plan) const {
    const CountingBound& bound = product_.bounds()[packing.binding];
    plan.prices.denominator = bound.most;
    for (const FleetChoice& choice : choice_)
      plan.prices.replica.push_back(bound.weight[row(choice)] * gpu_cost);
    const Wide proved = price_bound(fleet_, fillings, free, plan.prices);
    plan.bound = rounded_up(proved, bound.most, fleet_.cost_step());
  }

  void hand_out(const OneProductPacking& packing, const FleetFillings& fillings,
                FleetPlan& plan) const {
    HandOut hand_out(fleet_, fillings);
    for (std::size_t d = 0; d < choice_.size(); ++d) {
      const std::uint64_t replicas = fleet_.demands[d].workload.replicas;
      hand_out.ask(choice_[d], replicas);
      plan.shares.push_back({d, choice_[d], replicas});
    }
    for (const LayoutRow& row : packing.rows)
      hand_out.fill(0, {row.holds, row.layout.instances()}, row.gpus);
    plan.rows = hand_out.take();
    SEPTET_ASSERT(hand_out.all_placed());
  }

  const Fleet& fleet_;
  const OneProduct product_;
  std::vector<FleetChoice> choice_;  // by demand
};

// Where everything that GPUs could be worth is less than what the replicas are: nothing fits.
void prove_impossible(const Fleet& fleet, const FleetFillings& fillings, FleetProgramSolver& solver,
                      FleetPlan& plan) {
  const FleetFractions fractions = solver.fractions(Goal::kFewestLeft);
  if (fractions.outcome != Outcome::kOptimal) return;
  Prices prices = snapped(fractions.replica_prices);
  if (price_bound(fleet, fillings, true, prices) <= 0) return;
  plan.prices = std::move(prices);
  plan.verdict = FleetVerdict::kImpossible;
}

// Of plans that cost the same, one that takes few memory units: all of them together weigh less
// than half a cost step.
void solve_in_whole_numbers(const Fleet& fleet, FleetProgramSolver& solver, FleetPlan& plan) {
  constexpr double kTidy = 0.4;
  const double step = static_cast<double>(fleet.cost_step());
  double most_units = 1;
  for (const FleetDemand& demand : fleet.demands) {
    const auto widest = std::ranges::max_element(
        demand.choices, {}, [](const FleetChoice& choice) { return choice.profile->size; });
    most_units += static_cast<double>(widest->profile->size) * demand.workload.replicas;
  }
  WholeLimits limits;
  limits.gap = (0.999 - kTidy) * step;
  limits.fraction = 1.0 / 5000;
  const FleetWholeNumbers whole =
      solver.whole_numbers(Goal::kLeastCost, kTidy * step / most_units, limits, plan);
  if (!whole.found) return;
  plan.verdict = FleetVerdict::kFits;
  plan.searched_all = whole.outcome == Outcome::kOptimal &&
                      whole.least - kTidy * step > static_cast<double>(plan.cost) - 0.9999 * step;
}

void set_bound(const Fleet& fleet, const FleetFillings& fillings, const FleetFractions& fractions,
               FleetPlan& plan) {
  plan.linear_value = fractions.value;
  plan.prices = snapped(fractions.replica_prices);
  plan.bound = rounded_up(price_bound(fleet, fillings, false, plan.prices), plan.prices.denominator,
                          fleet.cost_step());
}

}  // namespace

FleetPlan solve_fleet(const Fleet& fleet) {
  const FleetFillings fillings = fillings_of(fleet);
  if (CountedFleet::may_apply(fleet)) {
    const CountedFleet counted(fleet);
    if (counted.applies()) return counted.plan(fillings);
  }
  FleetPlan plan;
  FleetProgramSolver solver(fleet, fillings);
  FleetFractions fractions = solver.fractions(Goal::kLeastCost);
  if (fractions.outcome == Outcome::kInfeasible) {
    prove_impossible(fleet, fillings, solver, plan);
    return plan;
  }
  if (fractions.outcome != Outcome::kOptimal) return plan;
  set_bound(fleet, fillings, fractions, plan);
  const std::size_t sets = solver.sets();
  solve_in_whole_numbers(fleet, solver, plan);
  if (solver.sets() == sets) return plan;
  // What whole numbers showed makes the bound sharper, or proves that nothing fits.
  fractions = solver.fractions(Goal::kLeastCost);
  if (fractions.outcome == Outcome::kOptimal) {
    set_bound(fleet, fillings, fractions, plan);
  } else if (plan.verdict != FleetVerdict::kFits) {
    prove_impossible(fleet, fillings, solver, plan);
  }
  return plan;
}

std::vector<MoreGpus> fewest_more(const Fleet& fleet) {
  Fleet larger = fleet;
  std::uint64_t enough = 0;  // one replica per GPU
  for (const FleetDemand& demand : fleet.demands) enough += demand.workload.replicas;
  for (Pool& pool : larger.pools) pool.cost = 0;
  const std::size_t first_new = larger.pools.size();
  for (std::size_t product = 0; product < fleet.products.size(); ++product)
    larger.pools.push_back({product, enough, 1, {}});
  const FleetPlan plan = solve_fleet(larger);
  std::vector<MoreGpus> more;
  if (plan.verdict != FleetVerdict::kFits) return more;
  for (std::size_t product = 0; product < fleet.products.size(); ++product) {
    std::uint64_t gpus = 0;
    for (const FleetRow& row : plan.rows) {
      if (row.pool == first_new + product) gpus += row.gpus;
    }
    if (gpus > 0) more.push_back({product, gpus});
  }
  return more;
}

}  // namespace septet::plan
