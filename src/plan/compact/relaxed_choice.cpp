#include "plan/compact/relaxed_choice.h"

#include <algorithm>

#include "plan/compact/rough_prices.h"

namespace septet::plan {

namespace {

constexpr std::size_t kFewColumns = 2000;  // solved as they are
constexpr double kNearlyBest = 0.02;       // of a cost step
constexpr double kNoBetter = 1e-7;
constexpr int kMostColumnRounds = 30;

std::size_t columns_of(const ReshapeProblem& problem) {
  std::size_t columns = 0;
  for (const ReshapeSource& source : problem.sources) columns += source.reshapes.size();
  return columns;
}

ChosenReshapes nearly_best(const std::vector<std::vector<double>>& nets) {
  ChosenReshapes chosen;
  for (const std::vector<double>& net : nets) {
    const double least = *std::ranges::min_element(net);
    std::vector<bool> of_source;
    for (const double cost : net) of_source.push_back(cost <= least + kNearlyBest);
    chosen.push_back(std::move(of_source));
  }
  return chosen;
}

// Whether there were columns better than the chosen ones of their source.
bool add_better(const std::vector<std::vector<double>>& nets, ChosenReshapes& chosen) {
  bool any = false;
  for (std::size_t s = 0; s < nets.size(); ++s) {
    double least = LinearProgram::kNoLimit;
    for (std::size_t r = 0; r < nets[s].size(); ++r) {
      if (chosen[s][r]) least = std::min(least, nets[s][r]);
    }
    for (std::size_t r = 0; r < nets[s].size(); ++r) {
      if (chosen[s][r] || nets[s][r] >= least - kNoBetter) continue;
      chosen[s][r] = true;
      any = true;
    }
  }
  return any;
}

std::vector<std::vector<double>> beyond_best(std::vector<std::vector<double>> nets) {
  for (std::vector<double>& net : nets) {
    const double least = *std::ranges::min_element(net);
    for (double& cost : net) cost -= least;
  }
  return nets;
}

}  // namespace

RelaxedChoice relaxed_choice(const ReshapeProblem& problem, double waiting_cost) {
  RelaxedChoice relaxed;
  bool all = columns_of(problem) <= kFewColumns;
  ChosenReshapes chosen =
      all ? every_reshape(problem)
          : nearly_best(net_costs(problem, rough_prices(problem), waiting_cost));
  for (int round = 1;; ++round) {
    const GpusByReshape settled = the_only_ones(problem, chosen);
    const ChooseProgram program(problem, settled, chosen, waiting_cost);
    const Fractions fractions = best_fractions(program.program());
    if (fractions.outcome == Outcome::kOptimal) {
      relaxed.prices = program.prices(fractions);
      auto nets = net_costs(problem, relaxed.prices, waiting_cost);
      if (!add_better(nets, chosen)) {
        relaxed.found = true;
        relaxed.shares = program.shares(fractions.x, settled);
        relaxed.beyond_best = beyond_best(std::move(nets));
        return relaxed;
      }
      if (round < kMostColumnRounds) continue;
    }
    // Too few columns; or none at all can do it.
    if (all) return relaxed;
    all = true;
    chosen = every_reshape(problem);
  }
}

}  // namespace septet::plan
