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
struct SlotTally {
  std::vector<std::uint64_t> slots;
  std::uint64_t used = 0;
};

SlotTally tally_of(const ReshapeProblem& problem, const GpusByReshape& gpus) {
  SlotTally tally;
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

GpusByReshape nothing_settled(const ReshapeProblem& problem) {
  GpusByReshape gpus;
  for (const ReshapeSource& source : problem.sources)
    gpus.emplace_back(source.reshapes.size(), std::uint64_t{0});
  return gpus;
}

ChosenReshapes every_reshape(const ReshapeProblem& problem) {
  ChosenReshapes chosen;
  for (const ReshapeSource& source : problem.sources)
    chosen.emplace_back(source.reshapes.size(), true);
  return chosen;
}

GpusByReshape the_only_ones(const ReshapeProblem& problem, const ChosenReshapes& chosen) {
  GpusByReshape gpus = nothing_settled(problem);
  for (std::size_t s = 0; s < chosen.size(); ++s) {
    if (std::ranges::count(chosen[s], true) != 1) continue;
    const auto only = std::ranges::find(chosen[s], true);
    gpus[s][static_cast<std::size_t>(only - chosen[s].begin())] = problem.sources[s].gpus;
  }
  return gpus;
}

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
  const SlotTally tally = tally_of(problem, gpus);
  for (std::size_t c = 0; c < tally.slots.size(); ++c) {
    if (tally.slots[c] < problem.slots[c]) return false;
  }
  return !problem.most_used || tally.used <= *problem.most_used;
}

ChooseProgram::ChooseProgram(const ReshapeProblem& problem, const GpusByReshape& settled,
                             const ChosenReshapes& chosen, double waiting_cost)
    : problem_(problem), waiting_cost_(waiting_cost) {
  GpusByReshape begin = settled;
  for (std::size_t s = 0; s < problem.sources.size(); ++s) {
    rests_.push_back(rest_of(s, settled, chosen[s]));
    begin[s][rests_[s].begins_as] += rests_[s].gpus;
  }
  add_rows(begin);
  for (std::size_t s = 0; s < problem.sources.size(); ++s) {
    if (rests_[s].gpus > 0) add_source(s, chosen[s]);
  }
}

double ChooseProgram::price_of(const Reshape& reshape) const {
  return static_cast<double>(cost_of(reshape, problem_.goal)) + waiting_cost_ * reshape.waiting;
}

ChooseProgram::Rest ChooseProgram::rest_of(std::size_t source, const GpusByReshape& settled,
                                           const std::vector<bool>& chosen) {
  const std::vector<Reshape>& reshapes = problem_.sources[source].reshapes;
  Rest rest{problem_.sources[source].gpus - sum_of(settled[source]), 0};
  double least = LinearProgram::kNoLimit;
  for (std::size_t r = 0; r < reshapes.size(); ++r) {
    if (!chosen[r] || price_of(reshapes[r]) >= least) continue;
    least = price_of(reshapes[r]);
    rest.begins_as = r;
  }
  return rest;
}

void ChooseProgram::add_rows(const GpusByReshape& begin) {
  const auto lacking = [](std::uint64_t asked, std::uint64_t there) {
    return static_cast<double>(asked) - static_cast<double>(there);
  };
  const SlotTally tally = tally_of(problem_, begin);
  for (std::size_t c = 0; c < problem_.slots.size(); ++c) {
    slot_row_.push_back(
        program_.add_row(lacking(problem_.slots[c], tally.slots[c]), LinearProgram::kNoLimit));
  }
  if (problem_.most_used) {
    used_row_ =
        program_.add_row(-LinearProgram::kNoLimit, lacking(*problem_.most_used, tally.used));
  }
}

void ChooseProgram::add_source(std::size_t source, const std::vector<bool>& chosen) {
  const int row =
      std::ranges::count(chosen, true) > 2
          ? program_.add_row(-LinearProgram::kNoLimit, static_cast<double>(rests_[source].gpus))
          : -1;
  for (std::size_t r = 0; r < chosen.size(); ++r) {
    if (chosen[r] && r != rests_[source].begins_as) add_column(source, r, row);
  }
}

void ChooseProgram::add_column(std::size_t source, std::size_t reshape, int source_row) {
  const std::vector<Reshape>& reshapes = problem_.sources[source].reshapes;
  const Reshape& one = reshapes[reshape];
  const Reshape& instead_of = reshapes[rests_[source].begins_as];
  std::vector<LinearProgram::Entry> entries;
  const auto change = [&](int row, double more) {
    if (row >= 0 && more != 0) entries.push_back({row, more});
  };
  for (std::size_t c = 0; c < one.slots.size(); ++c)
    change(slot_row_[c], static_cast<double>(one.slots[c]) - instead_of.slots[c]);
  change(used_row_, (one.used ? 1.0 : 0.0) - (instead_of.used ? 1.0 : 0.0));
  change(source_row, 1.0);
  program_.add_column(price_of(one) - price_of(instead_of),
                      static_cast<double>(rests_[source].gpus), entries);
  columns_.push_back({source, reshape});
}

void ChooseProgram::add(const std::vector<double>& x, GpusByReshape& gpus) const {
  std::vector<Rest> rests = rests_;
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const auto [source, reshape] = columns_[column];
    const auto value = static_cast<std::uint64_t>(std::max(0.0, std::round(x[column])));
    const std::uint64_t some = std::min(value, rests[source].gpus);
    gpus[source][reshape] += some;
    rests[source].gpus -= some;
  }
  for (std::size_t s = 0; s < rests.size(); ++s) gpus[s][rests[s].begins_as] += rests[s].gpus;
}

std::vector<std::vector<double>> ChooseProgram::shares(const std::vector<double>& x,
                                                       const GpusByReshape& settled) const {
  std::vector<std::vector<double>> shares;
  for (std::size_t s = 0; s < settled.size(); ++s) {
    shares.emplace_back();
    for (const std::uint64_t some : settled[s]) shares[s].push_back(static_cast<double>(some));
    shares[s][rests_[s].begins_as] += static_cast<double>(rests_[s].gpus);
  }
  for (std::size_t column = 0; column < columns_.size(); ++column) {
    const auto [source, reshape] = columns_[column];
    shares[source][reshape] += x[column];
    shares[source][rests_[source].begins_as] -= x[column];
  }
  for (std::vector<double>& of_source : shares) {
    for (double& share : of_source) share = std::max(0.0, share);
  }
  return shares;
}

ReshapePrices ChooseProgram::prices(const Fractions& fractions) const {
  const auto price = [&](int row) { return fractions.row_price[static_cast<std::size_t>(row)]; };
  ReshapePrices prices;
  for (const int row : slot_row_) prices.slot.push_back(std::max(0.0, price(row)));
  if (used_row_ >= 0) prices.gpu = std::max(0.0, -price(used_row_));
  return prices;
}

}  // namespace septet::plan
