#include "cli/serving_certificate_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/certificate_json.h"
#include "verify/fraction.h"

namespace septet::cli {

namespace {

// 412097000 as "412.097".
std::string decimal_text(std::int64_t millionths) {
  std::string text =
      fmt::format("{}.{:06}", millionths / plan::kMillion, millionths % plan::kMillion);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

// Rounded down, as what is compared with it: of two, the smaller stays the smaller.
std::string milliseconds_text(double milliseconds) {
  const double most = static_cast<double>(plan::kMostNeed);
  const double millionths = std::floor(milliseconds * static_cast<double>(plan::kMillion));
  return decimal_text(static_cast<std::int64_t>(std::clamp(millionths, 0.0, most)));
}

std::string gpus_text(std::int64_t price) {
  return verify::to_string(*verify::Fraction::make(price, plan::kPriceUnit));
}

Json options_json(const plan::ServicesPlan& plan, std::size_t index) {
  Json options = Json::array();
  for (const plan::ServingOption& option : plan.services[index].sizes->best) {
    const auto slot =
        std::ranges::find(plan.table.slots, option.profile) - plan.table.slots.begin();
    const std::int64_t gives = plan.demands[index].gives[static_cast<std::size_t>(slot)];
    if (gives == 0) continue;  // less than a millionth per second: it was not planned with
    options.push_back({{"profile", option.profile->name},
                       {"batch", option.batch},
                       {"processes", option.processes},
                       {"per_second", decimal_text(gives)},
                       {"latency_ms", milliseconds_text(option.latency_ms)},
                       {"modelled", option.modelled}});
  }
  return options;
}

Json service_json(const plan::ServicesPlan& plan, std::size_t index) {
  const plan::PlannedService& service = plan.services[index];
  const plan::Workload& workload = service.workload;
  Json json{{"name", workload.name}};
  if (!service.sizes) {
    json["replicas"] = workload.replicas;
    if (workload.profile.empty()) {
      json["needs"] = json_of_needs(workload);
    } else {
      json["profile"] = workload.profile;
    }
    json["size"] = service.sizing->profile->name;
    return json;
  }
  json["rate"] = decimal_text(plan.demands[index].need);
  const plan::Objective& objective = *workload.objective;
  if (objective.latency_ms)
    json["latency_allowed_ms"] = milliseconds_text(*objective.latency_ms * objective.latency_share);
  if (Json needs = json_of_needs(workload); !needs.empty()) json["needs"] = std::move(needs);
  json["options"] = options_json(plan, index);
  return json;
}

Json cuts_json(const plan::ServicesPlan& plan) {
  Json cuts = Json::array();
  for (std::size_t column = 0; column < plan.answer.columns.size(); ++column) {
    if (plan.answer.columns[column] == 0) continue;
    Json holds = Json::array();
    for (const mig::Instance& one : plan.table.columns[column].layout.instances())
      holds.push_back(mig::to_string(one));
    cuts.push_back({{"holds", std::move(holds)}, {"gpus", plan.answer.columns[column]}});
  }
  return cuts;
}

Json served_json(const plan::ServicesPlan& plan) {
  Json served = Json::array();
  for (const plan::PlannedService& service : plan.services) {
    for (const plan::PlannedSize& size : service.chosen) {
      served.push_back({{"service", service.workload.name},
                        {"profile", size.option.profile->name},
                        {"instances", size.instances}});
    }
  }
  return served;
}

Json prices_json(const plan::ServicesPlan& plan) {
  const plan::SlotPrices& prices = plan.answer.bound.prices;
  Json size = Json::object(), service = Json::object();
  for (std::size_t s = 0; s < plan.table.size(); ++s)
    size[std::string(plan.table.slots[s]->name)] = gpus_text(prices[s]);
  for (std::size_t i = 0; i < plan.services.size(); ++i) {
    const plan::Cover cover = plan::cheapest_cover(plan.demands[i], prices, plan.table.size());
    service[plan.services[i].workload.name] = gpus_text(cover.bound);
  }
  return {{"size", std::move(size)}, {"service", std::move(service)}};
}

}  // namespace

Json serving_certificate_json(const plan::ServicesPlan& plan) {
  const plan::ServeAnswer& answer = plan.answer;
  Json json{{"septet_certificate", 1},
            {"kind", "serving"},
            {"verdict", "fits"},
            {"product", plan.product->id}};
  json["services"] = Json::array();
  for (std::size_t i = 0; i < plan.services.size(); ++i)
    json["services"].push_back(service_json(plan, i));
  json["layouts"] = cuts_json(plan);
  json["placed"] = served_json(plan);
  json["gpus"] = answer.gpus;
  json["prices"] = prices_json(plan);
  json["bound_gpus"] = gpus_text(answer.bound.price);
  json["gap_gpus"] = answer.gpus - answer.bound.gpus();
  if (answer.searched) json["searched_least_gpus"] = answer.least;
  return json;
}

}  // namespace septet::cli
