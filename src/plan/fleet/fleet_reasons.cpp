#include "plan/fleet/fleet_reasons.h"

#include <algorithm>
#include <map>
#include <numeric>

#include "plan/fleet/fleet_program.h"
#include "plan/fleet/one_product.h"

namespace septet::plan {

namespace {

std::optional<double> linear_value(const Fleet& fleet) {
  const FleetFillings fillings = fillings_of(fleet);
  const FleetProgram program(fleet, fillings, FleetProgram::Goal::kLeastCost);
  const Fractions fractions = best_fractions(program.program());
  if (fractions.outcome != Outcome::kOptimal) return std::nullopt;
  return fractions.value;
}

// Instances on the used GPUs of a product, held ones included, against what those GPUs can carry.
std::optional<Binding> tightest(const Fleet& fleet, const FleetPlan& plan, std::size_t product) {
  const OneProduct counted(*fleet.products[product].geometry);
  std::vector<double> carried(counted.classes().size(), 0);
  double gpus = 0;
  for (const FleetRow& row : plan.rows) {
    const Pool& pool = fleet.pools[row.pool];
    if (pool.product != product) continue;
    gpus += static_cast<double>(row.gpus);
    const auto carry = [&](const mig::Instance& instance) {
      carried[class_of(counted.classes(), instance.profile)] += static_cast<double>(row.gpus);
    };
    std::ranges::for_each(pool.held, carry);
    std::ranges::for_each(row.added, carry);
  }
  if (gpus == 0) return std::nullopt;
  Binding binding{product, {}, 0};
  for (const CountingBound& bound : counted.bounds()) {
    double weight = 0;
    for (std::size_t c = 0; c < carried.size(); ++c)
      weight += carried[c] * static_cast<double>(bound.weight[c]);
    const double taken = weight / (gpus * static_cast<double>(bound.most));
    if (taken < binding.taken) continue;  // of equals the last: the plainest comes last
    binding.taken = taken;
    binding.what = to_words(bound, counted.geometry(), counted.classes());
  }
  return binding;
}

// The product where most of a demand's replicas run.
std::optional<std::size_t> main_product(const FleetPlan& plan, std::size_t demand) {
  std::map<std::size_t, std::uint64_t> replicas;
  for (const FleetShare& share : plan.shares) {
    if (share.demand == demand) replicas[share.choice.product] += share.replicas;
  }
  const auto most =
      std::ranges::max_element(replicas, {}, [](const auto& one) { return one.second; });
  if (most == replicas.end()) return std::nullopt;
  return most->first;
}

std::optional<SmallerProfile> with_smaller(const Fleet& fleet, const FleetPlan& plan,
                                           std::size_t demand, double linear) {
  const auto product = main_product(plan, demand);
  if (!product) return std::nullopt;
  const auto& sizing = fleet.demands[demand].smallest[*product];
  const TooSmall* const smaller = sizing ? sizing->next_smaller() : nullptr;
  if (smaller == nullptr) return std::nullopt;
  Fleet changed = fleet;
  const FleetChoice choice{*product, smaller->profile};
  changed.demands[demand].choices.push_back(choice);
  const auto value = linear_value(changed);
  if (!value || linear - *value < 0.5) return std::nullopt;
  return SmallerProfile{demand, choice, smaller->why, linear - *value};
}

}  // namespace

FleetReasons reasons_of(const Fleet& fleet, const FleetPlan& plan, unsigned tried) {
  FleetReasons reasons;
  const double denominator = static_cast<double>(plan.prices.denominator);
  for (const std::int64_t price : plan.prices.replica)
    reasons.replica_price.push_back(static_cast<double>(price) / denominator);
  for (const std::int64_t price : plan.prices.gpu)
    reasons.gpu_worth.push_back(static_cast<double>(price) / denominator);
  if (plan.verdict != FleetVerdict::kFits) return reasons;
  for (std::size_t product = 0; product < fleet.products.size(); ++product) {
    if (auto binding = tightest(fleet, plan, product)) reasons.binding.push_back(*binding);
  }
  std::vector<std::size_t> dearest(fleet.demands.size());
  std::iota(dearest.begin(), dearest.end(), 0);
  std::ranges::stable_sort(dearest, std::ranges::greater{}, [&](std::size_t demand) {
    return reasons.replica_price[demand] * fleet.demands[demand].workload.replicas;
  });
  dearest.resize(std::min<std::size_t>(dearest.size(), tried));
  const auto linear = linear_value(fleet);
  for (const std::size_t demand : dearest) {
    if (!linear) break;
    if (auto smaller = with_smaller(fleet, plan, demand, *linear))
      reasons.smaller.push_back(std::move(*smaller));
  }
  std::ranges::stable_sort(reasons.smaller, std::ranges::greater{}, &SmallerProfile::saving);
  return reasons;
}

}  // namespace septet::plan
