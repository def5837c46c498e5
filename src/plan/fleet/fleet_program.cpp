#include "plan/fleet/fleet_program.h"

#include <algorithm>
#include <cmath>

#include "plan/fleet/hand_out.h"

namespace septet::plan {

FleetProgram::FleetProgram(const Fleet& fleet, const FleetFillings& fillings, Goal goal,
                           double unit_cost, ProgramTerms terms)
    : fleet_(fleet), fillings_(fillings), terms_(std::move(terms)) {
  if (terms_.class_of_demand.empty() && goal == Goal::kFewestLeft)
    terms_.class_of_demand.assign(fleet.demands.size(), 0);
  add_rows();
  add_sets();
  add_left(goal);
  add_shares(unit_cost);
  add_fillings(goal);
}

void FleetProgram::add_rows() {
  for (const FleetDemand& demand : fleet_.demands) {
    const double replicas = demand.workload.replicas;
    demand_row_.push_back(program_.add_row(replicas, LinearProgram::kNoLimit));
  }
  for (const auto& classes : fillings_.classes) slot_row_.emplace_back(classes.size(), -1);
  for (const FleetDemand& demand : fleet_.demands) {
    for (const FleetChoice& choice : demand.choices) {
      const std::size_t c = class_of(fillings_.classes[choice.product], choice.profile);
      int& row = slot_row_[choice.product][c];
      if (row < 0) row = program_.add_row(-LinearProgram::kNoLimit, 0);
    }
  }
  for (const Pool& pool : fleet_.pools) {
    pool_row_.push_back(program_.add_row(-LinearProgram::kNoLimit, static_cast<double>(pool.gpus)));
  }
}

void FleetProgram::add_sets() {
  std::vector<std::vector<bool>> sets;
  for (std::size_t d = 0; d < fleet_.demands.size(); ++d) {
    if (!fleet_.demands[d].workload.apart) continue;
    sets.emplace_back(fleet_.demands.size(), false).at(d) = true;
  }
  sets.insert(sets.end(), terms_.carried_together.begin(), terms_.carried_together.end());
  for (std::vector<bool>& set : sets) {
    double replicas = 0;
    std::vector<std::int64_t> counts;
    for (std::size_t d = 0; d < set.size(); ++d) {
      replicas += set[d] ? fleet_.demands[d].workload.replicas : 0;
      counts.push_back(set[d] ? 1 : 0);
    }
    sets_.push_back({std::move(set), program_.add_row(replicas, LinearProgram::kNoLimit),
                     std::make_unique<SlotWorth>(fleet_, fillings_, counts)});
  }
}

// What is left out counts in its demand's row, and in those of the sets that the demand is in.
void FleetProgram::add_left(Goal goal) {
  std::vector<int> limit_row;
  for (const std::uint64_t left : terms_.left_of_class)
    limit_row.push_back(program_.add_row(-LinearProgram::kNoLimit, static_cast<double>(left)));
  for (std::size_t d = 0; d < terms_.class_of_demand.size(); ++d) {
    const std::size_t its_class = terms_.class_of_demand[d];
    std::vector<LinearProgram::Entry> entries{{demand_row_[d], 1}};
    for (const CarriedSet& set : sets_) {
      if (set.demands[d]) entries.push_back({set.row, 1});
    }
    if (its_class < limit_row.size()) entries.push_back({limit_row[its_class], 1});
    const bool counts = goal == Goal::kFewestLeft && its_class == limit_row.size();
    program_.add_column(counts ? 1 : 0, LinearProgram::kNoLimit, entries);
  }
}

// One column per class: of two profiles that pack alike the first that does is as good as any.
void FleetProgram::add_shares(double unit_cost) {
  for (std::size_t d = 0; d < fleet_.demands.size(); ++d) {
    const FleetDemand& demand = fleet_.demands[d];
    std::vector<FleetChoice> seen;
    for (const FleetChoice& choice : demand.choices) {
      const auto& classes = fillings_.classes[choice.product];
      const std::size_t c = class_of(classes, choice.profile);
      const bool twin = std::ranges::any_of(seen, [&](const FleetChoice& other) {
        return other.product == choice.product && class_of(classes, other.profile) == c;
      });
      if (twin) continue;
      seen.push_back(choice);
      // No limit of its own: the rows imply one, and a second one would take part of the price.
      const int column =
          program_.add_column(unit_cost * choice.profile->size, LinearProgram::kNoLimit,
                              {{demand_row_[d], 1}, {slot_row_[choice.product][c], 1}});
      shares_.push_back({{d, choice, 0}, c, column});
    }
  }
}

// The fillings with the classes that nobody can use taken out, and what is then covered.
std::vector<Filling> FleetProgram::useful(std::size_t pool) const {
  const auto& slots = slot_row_[fleet_.pools[pool].product];
  std::vector<Filling> found;
  for (Filling filling : fillings_.pools[pool]) {
    for (std::size_t c = 0; c < slots.size(); ++c) {
      if (slots[c] < 0) filling.added[c] = 0;
    }
    const auto covers = [](const Filling& a, const Filling& b) {
      return std::ranges::equal(a.added, b.added, std::ranges::greater_equal{});
    };
    if (std::ranges::any_of(found, [&](const Filling& f) { return covers(f, filling); })) continue;
    std::erase_if(found, [&](const Filling& f) { return covers(filling, f); });
    found.push_back(std::move(filling));
  }
  return found;
}

void FleetProgram::add_fillings(Goal goal) {
  for (std::size_t p = 0; p < fleet_.pools.size(); ++p) {
    const Pool& pool = fleet_.pools[p];
    const auto& slots = slot_row_[pool.product];
    for (Filling& filling : useful(p)) {
      std::vector<LinearProgram::Entry> entries{{pool_row_[p], 1}};
      for (std::size_t c = 0; c < slots.size(); ++c) {
        if (filling.added[c] > 0)
          entries.push_back({slots[c], -static_cast<double>(filling.added[c])});
      }
      if (entries.size() == 1) continue;  // nothing to gain there
      for (CarriedSet& set : sets_) {
        const std::int64_t most = set.most->of(pool.product, filling.added);
        if (most > 0) entries.push_back({set.row, static_cast<double>(most)});
      }
      const double cost = goal == Goal::kLeastCost ? static_cast<double>(pool.cost) : 0;
      const int column = program_.add_column(cost, LinearProgram::kNoLimit, entries);
      filled_.push_back({p, std::move(filling), column});
    }
  }
}

// A replica of a demand that is kept apart is paid in the rows of its sets too.
std::vector<double> FleetProgram::replica_prices(const Fractions& fractions) const {
  std::vector<double> prices;
  for (const int row : demand_row_)
    prices.push_back(fractions.row_price[static_cast<std::size_t>(row)]);
  for (const CarriedSet& set : sets_) {
    for (std::size_t d = 0; d < prices.size(); ++d) {
      if (set.demands[d]) prices[d] += fractions.row_price[static_cast<std::size_t>(set.row)];
    }
  }
  return prices;
}

std::vector<FilledGpus> FleetProgram::filled(const std::vector<double>& x, double parts) const {
  std::vector<FilledGpus> found;
  for (const FillingColumn& column : filled_) {
    const double gpus = x[static_cast<std::size_t>(column.column)];
    const auto many = static_cast<std::uint64_t>(std::llround(std::max(0.0, gpus) * parts));
    if (many > 0) found.push_back({column.pool, &column.filling, many});
  }
  return found;
}

std::vector<std::uint64_t> FleetProgram::carried(const std::vector<double>& x, double parts) const {
  std::vector<double> sums(fleet_.demands.size(), 0);
  for (const ShareColumn& column : shares_)
    sums[column.share.demand] += std::max(0.0, x[static_cast<std::size_t>(column.column)]);
  std::vector<std::uint64_t> replicas;
  for (std::size_t d = 0; d < sums.size(); ++d) {
    const double most = fleet_.demands[d].workload.replicas;
    replicas.push_back(static_cast<std::uint64_t>(std::llround(std::min(sums[d], most) * parts)));
  }
  return replicas;
}

bool FleetProgram::read(const std::vector<double>& x, FleetPlan& plan) const {
  const auto count = [&x](int column) {
    return static_cast<std::uint64_t>(std::llround(x[static_cast<std::size_t>(column)]));
  };
  // More may run than was asked for: the row says "at least".
  std::vector<std::uint64_t> missing;
  for (const FleetDemand& demand : fleet_.demands) missing.push_back(demand.workload.replicas);
  HandOut hand_out(fleet_, fillings_);
  for (const ShareColumn& column : shares_) {
    FleetShare share = column.share;
    share.replicas = std::min(count(column.column), missing[share.demand]);
    if (share.replicas == 0) continue;
    missing[share.demand] -= share.replicas;
    hand_out.ask(share.choice, share.replicas);
    plan.shares.push_back(share);
  }
  for (const FillingColumn& column : filled_) {
    if (const std::uint64_t gpus = count(column.column); gpus > 0)
      hand_out.fill(column.pool, column.filling, gpus);
  }
  plan.rows = hand_out.take();
  for (const FleetRow& row : plan.rows)
    plan.cost += fleet_.pools[row.pool].cost * static_cast<std::int64_t>(row.gpus);
  const bool may_be_left = !terms_.class_of_demand.empty();
  return hand_out.all_placed() &&
         (may_be_left ||
          std::ranges::all_of(missing, [](std::uint64_t left) { return left == 0; }));
}

}  // namespace septet::plan
