#include "cli/most_carried_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <numeric>

#include "cli/certificate_json.h"
#include "cli/fleet_text.h"
#include "cli/plan_text.h"

namespace septet::cli {

namespace {

std::vector<std::size_t> highest_first(const plan::Fleet& fleet) {
  std::vector<std::size_t> order(fleet.demands.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::ranges::greater{},
                           [&fleet](std::size_t d) { return fleet.demands[d].workload.priority; });
  return order;
}

std::string classes_text(const plan::MostCarried& most) {
  std::string proved, open;
  for (const plan::CarriedClass& one : most.classes) {
    if (one.left == 0) continue;
    if (one.proved == one.left) {
      proved +=
          fmt::format("{}{} of priority {}", proved.empty() ? "" : ", ", one.left, one.priority);
    } else {
      open += fmt::format("{}{} of priority {} (at least {})", open.empty() ? "" : ", ", one.left,
                          one.priority, one.proved);
    }
  }
  std::string text;
  if (!proved.empty())
    text += wrapped("  ", "left out, and fewer cannot be (by prices): " + proved);
  if (!open.empty())
    text += wrapped("  ", "left out, the fewest that branch and bound found: " + open);
  return text;
}

}  // namespace

std::string most_carried_text(const plan::Fleet& fleet, const plan::MostCarried& most) {
  std::string text = "what can be carried at best, the highest priority first\n";
  for (const std::size_t d : highest_first(fleet)) {
    const plan::Workload& workload = fleet.demands[d].workload;
    std::string first =
        fmt::format("{:>8} of {:<8} {}", most.carried[d], workload.replicas, workload.name);
    if (workload.priority != 0) first += fmt::format(" (priority {})", workload.priority);
    const std::string where = instances_text(fleet, most.plan, d);
    text += where.empty() ? first + "\n" : wrapped(first + ": ", where);
  }
  return text + classes_text(most) + "with these GPUs\n" + pools_text(fleet, most.plan) +
         "cut into\n" + cuts_text(fleet, most.plan);
}

Json most_carried_json(const plan::Fleet& fleet, const plan::MostCarried& most) {
  Json json{{"proved", most.proved()},
            {"cost", static_cast<double>(most.plan.cost) / 1000},
            {"classes", Json::array()},
            {"workloads", Json::array()}};
  for (const plan::CarriedClass& one : most.classes) {
    json["classes"].push_back({{"priority", one.priority},
                               {"asked", one.asked},
                               {"left_out", one.left},
                               {"proved_left_out", one.proved}});
  }
  for (std::size_t d = 0; d < fleet.demands.size(); ++d) {
    const plan::Workload& workload = fleet.demands[d].workload;
    json["workloads"].push_back({{"name", workload.name},
                                 {"priority", workload.priority},
                                 {"replicas", workload.replicas},
                                 {"carried", most.carried[d]}});
  }
  json.update(placement_json(fleet, most.plan));
  return json;
}

}  // namespace septet::cli
