#include "cli/certificate_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "plan/fleet/price_bound.h"

namespace septet::cli {

namespace {

using plan::Wide;

std::string digits(Wide value) {
  std::string text;
  const bool negative = value < 0;
  do {
    const int digit = static_cast<int>(value % 10);
    text += static_cast<char>('0' + (digit < 0 ? -digit : digit));
    value /= 10;
  } while (value != 0);
  if (negative) text += '-';
  std::ranges::reverse(text);
  return text;
}

std::string fraction(Wide numerator, std::int64_t denominator) {
  Wide a = numerator < 0 ? -numerator : numerator, b = denominator;
  while (b != 0) a = std::exchange(b, a % b);
  if (a == 0) return "0";
  const std::string over = digits(denominator / a);
  return over == "1" ? digits(numerator / a) : digits(numerator / a) + "/" + over;
}

Json claimed_json(const std::vector<mig::Instance>& instances) {
  Json list = Json::array();
  for (const mig::Instance& instance : instances) list.push_back(mig::to_string(instance));
  return list;
}

Json needs_json(const plan::Workload& workload) {
  Json needs = Json::object();
  if (workload.memory_bytes) needs["memory_bytes"] = *workload.memory_bytes;
  if (workload.compute_percent) needs["compute_percent"] = *workload.compute_percent;
  if (workload.sms) needs["sms"] = *workload.sms;
  if (workload.slices) needs["slices"] = *workload.slices;
  if (workload.media.decoders > 0) needs["decoders"] = workload.media.decoders;
  if (workload.media.jpeg > 0) needs["jpeg"] = workload.media.jpeg;
  if (workload.media.optical_flow > 0) needs["optical_flow"] = workload.media.optical_flow;
  return needs;
}

Json pools_json(const plan::Fleet& fleet) {
  Json pools = Json::array();
  for (const plan::Pool& pool : fleet.pools) {
    pools.push_back({{"product", fleet.products[pool.product].id},
                     {"gpus", pool.gpus},
                     {"cost_thousandths", pool.cost},
                     {"holds", claimed_json(pool.held)}});
  }
  return pools;
}

Json workloads_json(const plan::Fleet& fleet) {
  Json workloads = Json::array();
  for (const plan::FleetDemand& demand : fleet.demands) {
    Json workload{{"name", demand.workload.name}, {"replicas", demand.workload.replicas}};
    if (demand.workload.profile.empty()) {
      workload["needs"] = needs_json(demand.workload);
    } else {
      workload["profile"] = demand.workload.profile;
    }
    if (!demand.workload.products.empty()) workload["products"] = demand.workload.products;
    if (demand.workload.apart) workload["anti_affinity"] = Json::array({"self"});
    workloads.push_back(std::move(workload));
  }
  return workloads;
}

// The bound before rounding: what the prices come to.
Wide bound_of(const plan::Fleet& fleet, const plan::Prices& prices) {
  Wide bound = 0;
  for (std::size_t d = 0; d < fleet.demands.size(); ++d)
    bound += Wide{prices.replica[d]} * fleet.demands[d].workload.replicas;
  for (std::size_t p = 0; p < fleet.pools.size(); ++p)
    bound -= Wide{prices.gpu[p]} * fleet.pools[p].gpus;
  return bound;
}

}  // namespace

Json placement_json(const plan::Fleet& fleet, const plan::FleetPlan& plan) {
  Json json;
  json["layouts"] = Json::array();
  for (const plan::FleetRow& row : plan.rows) {
    Json layout{{"pool", row.pool}, {"adds", claimed_json(row.added)}, {"gpus", row.gpus}};
    for (const std::size_t demand : row.carries)
      layout["carries"].push_back(fleet.demands[demand].workload.name);
    json["layouts"].push_back(std::move(layout));
  }
  json["placed"] = Json::array();
  for (const plan::FleetShare& share : plan.shares) {
    json["placed"].push_back({{"workload", fleet.demands[share.demand].workload.name},
                              {"product", fleet.products[share.choice.product].id},
                              {"profile", share.choice.profile->name},
                              {"replicas", share.replicas}});
  }
  return json;
}

Json certificate_json(const plan::Fleet& fleet, const plan::FleetPlan& plan) {
  const bool fits = plan.verdict == plan::FleetVerdict::kFits;
  Json json{
      {"septet_certificate", 1}, {"kind", "fleet"}, {"verdict", fits ? "fits" : "impossible"}};
  json["pools"] = pools_json(fleet);
  json["workloads"] = workloads_json(fleet);
  if (fits) {
    json.update(placement_json(fleet, plan));
    json["cost_thousandths"] = plan.cost;
    json["gap_thousandths"] = plan.cost - plan.bound;
  }
  const plan::Prices& prices = plan.prices;
  Json replica = Json::object(), gpu = Json::array();
  for (std::size_t d = 0; d < fleet.demands.size(); ++d)
    replica[fleet.demands[d].workload.name] = fraction(prices.replica[d], prices.denominator);
  for (const std::int64_t price : prices.gpu) gpu.push_back(fraction(price, prices.denominator));
  json["prices"] = {{"replica", std::move(replica)}, {"gpu", std::move(gpu)}};
  json["bound_thousandths"] = fraction(bound_of(fleet, prices), prices.denominator);
  return json;
}

Json json_of_needs(const plan::Workload& workload) { return needs_json(workload); }

}  // namespace septet::cli
