#include "cli/fleet_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/certificate_json.h"
#include "cli/plan_text.h"

namespace septet::cli {

namespace {

using plan::Fleet;
using plan::FleetPlan;
using plan::FleetVerdict;

std::string units(double thousandths) { return fmt::format("{:.6g}", thousandths / 1000); }
std::string units(std::int64_t thousandths) { return units(static_cast<double>(thousandths)); }

std::string pool_name(const Fleet& fleet, const plan::Pool& pool) {
  std::string name = fleet.products[pool.product].id;
  for (std::size_t i = 0; i < pool.held.size(); ++i)
    name += (i == 0 ? " with " : " ") + mig::to_string(pool.held[i]);
  return name;
}

std::uint64_t used_of(const FleetPlan& plan, std::size_t pool) {
  std::uint64_t used = 0;
  for (const plan::FleetRow& row : plan.rows) used += row.pool == pool ? row.gpus : 0;
  return used;
}

std::string cut_text(const std::vector<mig::Instance>& instances) {
  std::string text;
  for (const mig::Instance& instance : instances)
    text += (text.empty() ? "" : " ") + mig::to_string(instance);
  return text;
}

// GPUs that are cut alike, whatever they carry.
std::vector<std::pair<std::string, std::uint64_t>> cuts_of(const FleetPlan& plan,
                                                           std::size_t pool) {
  std::vector<std::pair<std::string, std::uint64_t>> cuts;
  for (const plan::FleetRow& row : plan.rows) {
    if (row.pool != pool) continue;
    std::string cut = cut_text(row.added);
    const auto known = std::ranges::find(cuts, cut, &std::pair<std::string, std::uint64_t>::first);
    if (known == cuts.end()) {
      cuts.emplace_back(std::move(cut), row.gpus);
    } else {
      known->second += row.gpus;
    }
  }
  return cuts;
}

std::string shares_text(const Fleet& fleet, const FleetPlan& plan) {
  std::string text;
  for (std::size_t d = 0; d < fleet.demands.size(); ++d) {
    const plan::Workload& workload = fleet.demands[d].workload;
    text += wrapped(fmt::format("{:>8} {}: ", workload.replicas, workload.name),
                    instances_text(fleet, plan, d));
  }
  return text;
}

std::string fleet_proof_text(const FleetPlan& plan) {
  const std::string by = plan.closed_form ? "by counting" : "by prices that septet verify checks";
  if (plan.cost == plan.bound)
    return fmt::format("cost {}; no plan costs less ({})\n", units(plan.cost), by);
  std::string gap = fmt::format("cost {}; no plan costs less than {} ({}): within {:.3f} %\n",
                                units(plan.cost), units(plan.bound), by, 100 * plan.gap());
  if (!plan.searched_all) return gap;
  return gap + "  branch and bound found nothing cheaper, but that leaves no proof to check\n";
}

std::string smaller_text(const Fleet& fleet, const plan::SmallerProfile& smaller) {
  return fmt::format("if {} did with {} on {} (it {}), about {} less in all",
                     fleet.demands[smaller.demand].workload.name, smaller.choice.profile->name,
                     fleet.products[smaller.choice.product].id, smaller.refused,
                     units(smaller.saving));
}

Json more_json(const Fleet& fleet, const std::vector<plan::MoreGpus>& more) {
  Json list = Json::array();
  for (const plan::MoreGpus& one : more)
    list.push_back({{"product", fleet.products[one.product].id}, {"gpus", one.gpus}});
  return list;
}

std::string_view verdict_word(FleetVerdict verdict) {
  switch (verdict) {
    case FleetVerdict::kFits: return "fits";
    case FleetVerdict::kImpossible: return "impossible";
    case FleetVerdict::kNotFound: return "not found";
  }
  return "not found";
}

Json reasons_json(const Fleet& fleet, const plan::FleetReasons& reasons) {
  Json json;
  json["binding"] = Json::array();
  for (const plan::Binding& binding : reasons.binding) {
    json["binding"].push_back({{"product", fleet.products[binding.product].id},
                               {"what", binding.what},
                               {"taken", binding.taken}});
  }
  json["one_replica_more_costs"] = Json::object();
  for (std::size_t d = 0; d < reasons.replica_price.size(); ++d)
    json["one_replica_more_costs"][fleet.demands[d].workload.name] =
        reasons.replica_price[d] / 1000;
  json["one_gpu_more_saves"] = Json::array();
  for (const double worth : reasons.gpu_worth) json["one_gpu_more_saves"].push_back(worth / 1000);
  json["one_profile_smaller_saves"] = Json::array();
  for (const plan::SmallerProfile& smaller : reasons.smaller) {
    json["one_profile_smaller_saves"].push_back(
        {{"workload", fleet.demands[smaller.demand].workload.name},
         {"product", fleet.products[smaller.choice.product].id},
         {"profile", smaller.choice.profile->name},
         {"refused", smaller.refused},
         {"saves", smaller.saving / 1000}});
  }
  return json;
}

}  // namespace

std::string pools_text(const Fleet& fleet, const FleetPlan& plan) {
  std::string text = fmt::format("{:>8} {:>8} {:>10}  {}\n", "GPUs", "used", "cost", "pool");
  for (std::size_t p = 0; p < fleet.pools.size(); ++p) {
    const plan::Pool& pool = fleet.pools[p];
    const std::uint64_t used = used_of(plan, p);
    text += fmt::format("{:>8} {:>8} {:>10}  {}\n", pool.gpus, used,
                        units(pool.cost * static_cast<std::int64_t>(used)), pool_name(fleet, pool));
  }
  return text;
}

std::string cuts_text(const Fleet& fleet, const FleetPlan& plan) {
  std::string text;
  for (std::size_t p = 0; p < fleet.pools.size(); ++p) {
    if (used_of(plan, p) == 0) continue;
    text += fmt::format("  {}\n", pool_name(fleet, fleet.pools[p]));
    for (const auto& [cut, gpus] : cuts_of(plan, p))
      text += wrapped(fmt::format("  {:>8}x ", gpus), cut);
  }
  return text;
}

std::string instances_text(const Fleet& fleet, const FleetPlan& plan, std::size_t demand) {
  std::string where;
  for (const plan::FleetShare& share : plan.shares) {
    if (share.demand != demand) continue;
    where += fmt::format("{}{} in {} of {}", where.empty() ? "" : ", ", share.replicas,
                         share.choice.profile->name, fleet.products[share.choice.product].id);
  }
  return where;
}

std::string fleet_text(const Fleet& fleet, const FleetPlan& plan) {
  return "fleet\n" + pools_text(fleet, plan) + "cut into\n" + cuts_text(fleet, plan) +
         "workloads\n" + shares_text(fleet, plan) + fleet_proof_text(plan);
}

std::string reasons_text(const Fleet& fleet, const FleetPlan& plan,
                         const plan::FleetReasons& reasons) {
  if (plan.verdict != FleetVerdict::kFits) return {};
  std::string text = "what binds\n";
  for (const plan::Binding& binding : reasons.binding) {
    text += wrapped(fmt::format("  {}: ", fleet.products[binding.product].id),
                    fmt::format("{:.1f} % taken of {}", 100 * binding.taken, binding.what));
  }
  text += "what would change the cost\n";
  for (std::size_t p = 0; p < reasons.gpu_worth.size(); ++p) {
    if (reasons.gpu_worth[p] > 0)
      text += wrapped("  ", fmt::format("one {} more: {} less", pool_name(fleet, fleet.pools[p]),
                                        units(reasons.gpu_worth[p])));
  }
  for (const plan::SmallerProfile& smaller : reasons.smaller)
    text += wrapped("  ", smaller_text(fleet, smaller));
  std::string each;
  for (std::size_t d = 0; d < reasons.replica_price.size(); ++d) {
    if (reasons.replica_price[d] <= 0) continue;
    each += fmt::format("{}{} {}", each.empty() ? "" : ", ", fleet.demands[d].workload.name,
                        units(reasons.replica_price[d]));
  }
  if (each.empty()) each = "nothing: there is room";
  return text + wrapped("  one replica more or less: ", each);
}

std::string too_small_text(const Fleet& fleet, const FleetPlan& plan,
                           const std::vector<plan::MoreGpus>& more) {
  std::string text =
      plan.verdict == FleetVerdict::kImpossible
          ? "these GPUs cannot carry all of it, in whatever way they are cut (proved by prices)\n"
          : "no way was found to carry all of it, and no proof that there is none\n";
  std::string list;
  for (const plan::MoreGpus& one : more)
    list += fmt::format("{}{} {}", list.empty() ? "" : " and ", one.gpus,
                        fleet.products[one.product].id);
  if (!list.empty()) text += wrapped("  ", fmt::format("{} more would do", list));
  return text;
}

Json fleet_json(const Fleet& fleet, const FleetPlan& plan, const plan::FleetReasons& reasons,
                const std::vector<plan::MoreGpus>& more) {
  Json json{{"verdict", verdict_word(plan.verdict)}};
  const bool fits = plan.verdict == FleetVerdict::kFits;
  json["cost"] = fits ? Json(static_cast<double>(plan.cost) / 1000) : Json(nullptr);
  json["no_plan_costs_less_than"] =
      fits ? Json(static_cast<double>(plan.bound) / 1000) : Json(nullptr);
  json["gap"] = fits ? Json(plan.gap()) : Json(nullptr);
  json["proved_optimal"] = fits && plan.optimal();
  json["branch_and_bound_found_nothing_cheaper"] = fits && plan.searched_all;
  json["closed_form"] = plan.closed_form;
  json["reasons"] = reasons_json(fleet, reasons);
  json["gpus_more_that_would_do"] = more_json(fleet, more);
  const bool certified = fits || plan.verdict == FleetVerdict::kImpossible;
  json["certificate"] = certified ? certificate_json(fleet, plan) : Json(nullptr);
  return json;
}

}  // namespace septet::cli
