#include "cli/services_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "cli/plan_text.h"

namespace septet::cli {

namespace {

using plan::PlannedService;
using plan::PlannedSize;
using plan::ServicesPlan;
using plan::ServingOption;

constexpr std::size_t kMostLines = 40;  // of GPUs that are alike

std::string option_text(const ServingOption& option) {
  return fmt::format("batch {}, {} process{}: {}{:.4g}/s, {:.4g} ms", option.batch,
                     option.processes, option.processes == 1 ? "" : "es",
                     option.modelled ? "~" : "", option.per_second, option.latency_ms);
}

std::string asked(const plan::Workload& workload) {
  if (!workload.objective) {
    return fmt::format("{} replica{}, {}", workload.replicas, workload.replicas == 1 ? "" : "s",
                       plan::to_string(workload));
  }
  std::string text = fmt::format("{:g}/s", workload.objective->per_second);
  if (workload.objective->latency_ms) {
    text += fmt::format(" within {:g} ms", *workload.objective->latency_ms);
    if (workload.objective->latency_share < 1.0)
      text += fmt::format(" (measured: {:.3g} ms at most)",
                          *workload.objective->latency_ms * workload.objective->latency_share);
  }
  return text;
}

std::string service_text(const PlannedService& service) {
  std::string text = fmt::format("  {}: {}\n", service.workload.name, asked(service.workload));
  for (const PlannedSize& size : service.chosen) {
    text += fmt::format("    {:>4} x {:<12}", size.instances, size.option.profile->name);
    text += service.sizes ? " " + option_text(size.option) + "\n" : "\n";
  }
  if (!service.sizes) return text;
  text += fmt::format("    gives {:.4g}/s, {:.1f}% more than asked\n", service.gives,
                      100.0 * service.over());
  const auto& smallest = *service.chosen.back().option.profile;
  if (const auto* refused = service.sizes->next_smaller(smallest))
    text += wrapped("    ", fmt::format("no smaller: {} {}", refused->profile->name, refused->why));
  std::string others;
  for (const ServingOption& option : service.sizes->best) {
    const bool used = std::ranges::any_of(service.chosen, [&option](const PlannedSize& size) {
      return size.option.profile == option.profile;
    });
    if (used) continue;
    others += fmt::format("{}{} x {}{} ({:.2f} GPUs)", others.empty() ? "" : ", ", option.instances,
                          option.modelled ? "~" : "", option.profile->name, option.gpus);
  }
  if (!others.empty()) text += wrapped("    ", "alone it could also take " + others);
  return text;
}

// What is on one GPU: "4g.40gb@0 bert, 3g.40gb@4 vgg16".
std::string gpu_text(const ServicesPlan& plan, const plan::ServedGpu& gpu) {
  std::string text;
  for (const plan::ServedInstance& one : gpu.instances) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", mig::to_string(one.instance),
                        one.service ? plan.services[*one.service].workload.name : "(spare)");
  }
  return text;
}

bool any_modelled(const ServicesPlan& plan) {
  return std::ranges::any_of(plan.services, [](const PlannedService& service) {
    return std::ranges::any_of(service.chosen,
                               [](const PlannedSize& size) { return size.option.modelled; });
  });
}

Json json_of(const ServingOption& option) {
  return {{"profile", option.profile->name},
          {"batch", option.batch},
          {"processes", option.processes},
          {"per_second", option.per_second},
          {"latency_ms", option.latency_ms},
          {"modelled", option.modelled},
          {"instances", option.instances},
          {"gpus", option.gpus},
          {"over", option.over}};
}

Json json_of(const PlannedService& service) {
  Json json{{"name", service.workload.name}, {"gives", service.gives}, {"over", service.over()}};
  json["chosen"] = Json::array();
  for (const PlannedSize& size : service.chosen) {
    Json one = json_of(size.option);
    one["instances"] = size.instances;
    json["chosen"].push_back(std::move(one));
  }
  if (!service.sizes) return json;
  json["acceptable"] = Json::array();
  for (const ServingOption& option : service.sizes->acceptable)
    json["acceptable"].push_back(json_of(option));
  json["refused"] = Json::array();
  for (const plan::ServingRefusal& refusal : service.sizes->refused)
    json["refused"].push_back({{"profile", refusal.profile->name}, {"why", refusal.why}});
  return json;
}

}  // namespace

std::string services_text(const ServicesPlan& plan) {
  std::string text;
  for (const PlannedService& service : plan.services) text += service_text(service);
  if (any_modelled(plan)) {
    text += wrapped("  ",
                    "~ is modelled from other profiles, already 4 to 5 % worse than the model says "
                    "(its mean error on published A100 tables; other products: not validated)");
  }
  return text;
}

std::string served_gpus_text(const ServicesPlan& plan) {
  std::map<std::string, unsigned> count;
  std::vector<const std::string*> order;
  for (const plan::ServedGpu& gpu : plan.gpus) {
    const auto [at, added] = count.try_emplace(gpu_text(plan, gpu), 0);
    if (added) order.push_back(&at->first);
    ++at->second;
  }
  std::string text;
  for (std::size_t i = 0; i < order.size() && i < kMostLines; ++i)
    text += wrapped(fmt::format("  {:>5} x  ", count[*order[i]]), *order[i]);
  if (order.size() > kMostLines)
    text += fmt::format("  and {} more kinds of GPU; --json has all\n", order.size() - kMostLines);
  return text;
}

std::string proof_text(const ServicesPlan& plan) {
  const plan::ServeAnswer& answer = plan.answer;
  std::string prices;
  for (std::size_t s = 0; s < plan.table.size(); ++s) {
    prices += fmt::format(
        "{}{} {:.4f}", prices.empty() ? "" : ", ", plan.table.slots[s]->name,
        static_cast<double>(answer.bound.prices[s]) / static_cast<double>(plan::kPriceUnit));
  }
  std::string text =
      fmt::format("{} GPU{} of {}", answer.gpus, answer.gpus == 1 ? "" : "s", plan.product->id);
  text += answer.proven() ? "; fewer cannot do. "
                          : fmt::format("; at least {} are needed. ", answer.least);
  text += fmt::format(
      "No layout of a GPU is worth more than 1 at the prices {}, and at these the workloads cost "
      "{:.2f} at their cheapest",
      prices, answer.bound.exactly());
  if (answer.searched)
    text += fmt::format("; an exhaustive search shows that {} GPUs do not do", answer.least - 1);
  return wrapped("  ", text + ".");
}

Json to_json(const ServicesPlan& plan) {
  Json json{{"product", plan.product->id},
            {"gpus", plan.answer.gpus},
            {"least", plan.answer.least},
            {"proven", plan.answer.proven()},
            {"searched", plan.answer.searched},
            {"bound", plan.answer.bound.exactly()},
            {"linear_bound", plan.answer.bound.linear}};
  json["prices"] = Json::object();
  for (std::size_t s = 0; s < plan.table.size(); ++s)
    json["prices"][std::string(plan.table.slots[s]->name)] = plan.answer.bound.prices[s];
  json["price_of_one_gpu"] = plan::kPriceUnit;
  json["services"] = Json::array();
  for (const PlannedService& service : plan.services) json["services"].push_back(json_of(service));
  json["layouts"] = Json::array();
  for (const plan::ServedGpu& gpu : plan.gpus) {
    Json instances = Json::array();
    for (const plan::ServedInstance& one : gpu.instances) {
      instances.push_back(
          {{"instance", mig::to_string(one.instance)},
           {"workload",
            one.service ? Json(plan.services[*one.service].workload.name) : Json(nullptr)}});
    }
    json["layouts"].push_back(std::move(instances));
  }
  return json;
}

}  // namespace septet::cli
