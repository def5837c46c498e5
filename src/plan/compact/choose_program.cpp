#include "plan/compact/choose_program.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace septet::plan {

namespace {

std::uint64_t sum_of(const std::vector<std::uint64_t>& values) {
  return std::accumulate(values.begin(), values.end(), std::uint64_t{0});
}

// What settled GPUs offer and use.
struct Tally {
  std::vector<std::uint64_t> slots;
  std::uint64_t used = 0;
};

Tally tally_of(const ReshapeProblem& problem, const GpusByReshape& gpus) {
  Tally tally;
  tally.slots.assign(problem.slots.size(), 0);
  for (std::size_t s = 0; s < gpus.size(); ++s) {
    for (std::size_t r = 0; r < gpus[s].size(); ++r) {
      if (gpus[s][r] == 0) continue;
      const Reshape& reshape = problem.sources[s].reshapes[r];
      for (std::size_t c = 0; c < tally.slots.size(); ++c)
        tally.slots[c] += gpus[s][r] * reshape.slots[c];
      if (reshape.used) tally.used += gpus[s][r];
    }
  }
  return tally;
}

}  // namespace

std::uint64_t cost_of(const Reshape& reshape, ReshapeGoal goal) {
  switch (goal) {
    case ReshapeGoal::kFewestUsed: return reshape.used ? 1 : 0;
    case ReshapeGoal::kLeastMoved: return reshape.moved;
  }
  return 0;
}

std::uint64_t cost_of(const ReshapeProblem& problem, const GpusByReshape& gpus) {
  std::uint64_t cost = 0;
  for (std::size_t s = 0; s < gpus.size(); ++s) {
    for (std::size_t r = 0; r < gpus[s].size(); ++r)
      cost += gpus[s][r] * cost_of(problem.sources[s].reshapes[r], problem.goal);
  }
  return cost;
}

bool keeps(const ReshapeProblem& problem, const GpusByReshape& gpus) {
  if (gpus.size() != problem.sources.size()) return false;
  for (std::size_t s = 0; s < gpus.size(); ++s) {
    if (sum_of(gpus[s]) != problem.sources[s].gpus) return false;
  }
  const Tally tally = tally_of(problem, gpus);
  for (std::size_t c = 0; c < tally.slots.size(); ++c) {
    if (tally.slots[c] < problem.slots[c]) return false;
  }
  return !problem.most_used || tally.used <= *problem.most_used;
}

ChooseProgram::ChooseProgram(const ReshapeProblem& problem, const GpusByReshape& settled,
                             const Use& use, double waiting_cost)
    : problem_(problem) {
  add_rows(settled);
  for (std::size_t s = 0; s < problem.sources.size(); ++s) {
    if (source_row_[s] < 0) continue;
    for (std::size_t r = 0; r < problem.sources[s].reshapes.size(); ++r) {
      if (use(s, r)) add_column(s, r, waiting_cost);
    }
  }
}

void ChooseProgram::add_rows(const GpusByReshape& settled) {
  const auto whole = [](std::uint64_t a, std::uint64_t b) {
    return static_cast<double>(a) - static_cast<double>(b);
  };
  const Tally tally = tally_of(problem_, settled);
  for (std::size_t s = 0; s < problem_.sources.size(); ++s) {
    const double left = whole(problem_.sources[s].gpus, sum_of(settled[s]));
    source_row_.push_back(left > 0 ? program_.add_row(left, left) : -1);
  }
  for (std::size_t c = 0; c < problem_.slots.size(); ++c) {
    const double left = whole(problem_.slots[c], tally.slots[c]);
    slot_row_.push_back(left > 0 ? program_.add_row(left, LinearProgram::kNoLimit) : -1);
  }
  if (problem_.most_used)
    used_row_ = program_.add_row(-LinearProgram::kNoLimit, whole(*problem_.most_used, tally.used));
}

void ChooseProgram::add_column(std::size_t source, std::size_t reshape, double waiting_cost) {
  const Reshape& one = problem_.sources[source].reshapes[reshape];
  std::vector<LinearProgram::Entry> entries{{source_row_[source], 1.0}};
  for (std::size_t c = 0; c < one.slots.size(); ++c) {
    if (slot_row_[c] >= 0 && one.slots[c] > 0)
      entries.push_back({slot_row_[c], static_cast<double>(one.slots[c])});
  }
  if (used_row_ >= 0 && one.used) entries.push_back({used_row_, 1.0});
  const double cost = static_cast<double>(cost_of(one, problem_.goal)) + waiting_cost * one.waiting;
  program_.add_column(cost, LinearProgram::kNoLimit, entries);
  columns_.push_back({source, reshape, cost});
}

void ChooseProgram::add(const std::vector<double>& x, GpusByReshape& gpus) const {
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const double value = std::round(x[column]);
    if (value > 0)
      gpus[columns_[column].source][columns_[column].reshape] += static_cast<std::uint64_t>(value);
  }
}

std::vector<std::vector<double>> ChooseProgram::shares(const std::vector<double>& x) const {
  std::vector<std::vector<double>> shares;
  for (const ReshapeSource& source : problem_.sources)
    shares.emplace_back(source.reshapes.size(), 0.0);
  for (std::size_t column = 0; column < columns_.size(); ++column)
    shares[columns_[column].source][columns_[column].reshape] = std::max(0.0, x[column]);
  return shares;
}

std::vector<double> ChooseProgram::slot_prices(const Fractions& fractions) const {
  std::vector<double> prices;
  for (const int row : slot_row_) {
    prices.push_back(row < 0 ? 0.0
                             : std::max(0.0, fractions.row_price[static_cast<std::size_t>(row)]));
  }
  return prices;
}

double ChooseProgram::gpu_price(const Fractions& fractions) const {
  if (used_row_ < 0) return 0.0;
  return std::max(0.0, -fractions.row_price[static_cast<std::size_t>(used_row_)]);
}

std::vector<std::vector<double>> ChooseProgram::reduced_costs(const Fractions& fractions) const {
  std::vector<std::vector<double>> costs = shares(std::vector<double>(columns_.size(), 0.0));
  const std::vector<double> slots = slot_prices(fractions);
  const double gpu = gpu_price(fractions);
  for (const Column& column : columns_) {
    const Reshape& one = problem_.sources[column.source].reshapes[column.reshape];
    double cost = column.cost + (one.used ? gpu : 0.0);
    for (std::size_t c = 0; c < slots.size(); ++c) cost -= slots[c] * one.slots[c];
    costs[column.source][column.reshape] = cost;
  }
  for (std::vector<double>& of_source : costs) {
    const double least = *std::ranges::min_element(of_source);
    for (double& cost : of_source) cost -= least;
  }
  return costs;
}

}  // namespace septet::plan
