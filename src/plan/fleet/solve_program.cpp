#include "plan/fleet/solve_program.h"

#include <algorithm>

namespace septet::plan {

namespace {

constexpr int kMostProgramRounds = 40;
constexpr int kMostFractionRounds = 8;  // for the bound: rows that whole numbers need come later
constexpr double kPartsOfGpu = 1 << 16;

std::int64_t cost_of(const Fleet& fleet, const std::vector<FleetRow>& rows) {
  std::int64_t cost = 0;
  for (const FleetRow& row : rows)
    cost += fleet.pools[row.pool].cost * static_cast<std::int64_t>(row.gpus);
  return cost;
}

}  // namespace

bool FleetProgramSolver::add_set(std::vector<bool> demands) {
  auto& sets = terms_.carried_together;
  if (std::ranges::find(sets, demands) != sets.end()) return false;
  sets.push_back(std::move(demands));
  return true;
}

FleetFractions FleetProgramSolver::fractions(FleetProgram::Goal goal) {
  FleetFractions answer;
  for (int round = 0;; ++round) {
    const FleetProgram program(fleet_, fillings_, goal, 0, terms_);
    const Fractions found = best_fractions(program.program());
    answer = {found.outcome, found.value, {}};
    if (found.outcome != Outcome::kOptimal) return answer;
    answer.replica_prices = program.replica_prices(found);
    if (!fleet_.keeps_apart() || round == kMostFractionRounds) return answer;
    auto apart = keep_apart(fleet_, fillings_, program.filled(found.x, kPartsOfGpu),
                            program.carried(found.x, kPartsOfGpu));
    if (apart.too_many.empty() || !add_set(std::move(apart.too_many))) return answer;
  }
}

FleetWholeNumbers FleetProgramSolver::whole_numbers(FleetProgram::Goal goal, double unit_cost,
                                                    const WholeLimits& limits, FleetPlan& plan) {
  FleetWholeNumbers answer;
  for (int round = 0; round < kMostProgramRounds; ++round) {
    const FleetProgram program(fleet_, fillings_, goal, unit_cost, terms_);
    const WholeNumbers whole = best_whole_numbers(program.program(), limits);
    answer = {whole.outcome, false, whole.least};
    if (whole.x.empty()) return answer;
    if (!fleet_.keeps_apart()) {
      answer.found = program.read(whole.x, plan);
      return answer;
    }
    auto apart = keep_apart(fleet_, fillings_, program.filled(whole.x), program.carried(whole.x));
    if (apart.too_many.empty()) {
      plan.rows = std::move(apart.rows);
      plan.shares = std::move(apart.shares);
      plan.cost = cost_of(fleet_, plan.rows);
      answer.found = true;
      return answer;
    }
    if (!add_set(std::move(apart.too_many))) return answer;
  }
  return answer;
}

}  // namespace septet::plan
