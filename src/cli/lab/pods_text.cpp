#include "cli/lab/pods_text.h"

#include <fmt/format.h>

#include <cmath>

namespace septet::cli::lab_verbs {

namespace {

using lab::openb::Experiment;
using lab::openb::kMeasuredLoads;

constexpr std::size_t kLast = kMeasuredLoads.size() - 1;

double mean_at(const std::vector<Experiment>& experiments, std::size_t load) {
  double sum = 0;
  for (const Experiment& experiment : experiments) sum += experiment.allocated[load];
  return sum / static_cast<double>(experiments.size());
}

// Where the load was reached at all.
std::string percent_cell(double percent) {
  return std::isnan(percent) ? fmt::format("{:>8}", "-") : fmt::format("{:8.2f}", percent);
}

double mean_end(const std::vector<Experiment>& experiments, std::int64_t gpus) {
  double sum = 0;
  for (const Experiment& experiment : experiments)
    sum += static_cast<double>(experiment.allocated_gpu_milli);
  return sum / static_cast<double>(experiments.size()) / static_cast<double>(gpus) / 10;
}

std::string trace_text(const ToldPods& told, const ToldTrace& trace) {
  std::string text =
      fmt::format("Trace {}: {} pods, {} arrival order{} to {:.0f} % load.\n\n", trace.name,
                  trace.pods, told.seeds, told.seeds == 1 ? "" : "s", told.load * 100);
  text += fmt::format("{:<13}", "policy");
  for (const int load : kMeasuredLoads) text += fmt::format("{:>8}", fmt::format("at {}", load));
  text += fmt::format("{:>8}{:>12}\n", "end", "published");
  for (const ToldPolicy& policy : trace.policies) {
    text += fmt::format("{:<13}", to_string(policy.policy));
    for (std::size_t i = 0; i < kMeasuredLoads.size(); ++i)
      text += percent_cell(mean_at(policy.experiments, i));
    text += percent_cell(mean_end(policy.experiments, told.gpus));
    text += policy.published ? fmt::format("{:12.2f}\n", policy.published->allocated[kLast])
                             : fmt::format("{:>12}\n", "-");
  }
  if (!trace.bounds) return text + "\nNo bound: the solver's libraries are not installed.\n";
  text += fmt::format(
      "\nNo policy can pass {:.2f} (fluid linear program: CPU, memory, GPUs, models).\n"
      "{:.2f} would be the most if every shape got the same part of what it asks for.\n",
      trace.bounds->any_policy, trace.bounds->even);
  return text;
}

Json policy_json(const ToldPods& told, const ToldPolicy& policy) {
  Json json;
  json["policy"] = to_string(policy.policy);
  json["reimplemented"] = policy.policy != plan::pods::Policy::kOurs;
  for (std::size_t i = 0; i < kMeasuredLoads.size(); ++i) {
    const double mean = mean_at(policy.experiments, i);
    const std::string key = fmt::format("allocated_percent_at_{}", kMeasuredLoads[i]);
    json[key] = std::isnan(mean) ? Json(nullptr) : Json(mean);
  }
  json["allocated_percent_in_the_end"] = mean_end(policy.experiments, told.gpus);
  json["published_percent_at_130"] =
      policy.published ? Json(policy.published->allocated[kLast]) : Json(nullptr);
  for (std::size_t i = 0; i < policy.experiments.size(); ++i) {
    const Experiment& experiment = policy.experiments[i];
    json["orders"].push_back({{"seed", told.first_seed + i},
                              {"allocated_gpu_milli", experiment.allocated_gpu_milli},
                              {"allocated_cpu_milli", experiment.allocated_cpu_milli},
                              {"lost_pods", experiment.lost}});
  }
  return json;
}

}  // namespace

std::string pods_text(const ToldPods& told) {
  std::string text = fmt::format(
      "{} nodes with {} GPUs. Allocated GPU in percent of all, at the load that has\n"
      "come by then; a pod without room is lost. Every policy but ours is\n"
      "re-implemented from FGD's simulator; published is its authors' mean at 130.\n\n",
      told.nodes, told.gpus);
  for (std::size_t i = 0; i < told.traces.size(); ++i)
    text += (i == 0 ? "" : "\n") + trace_text(told, told.traces[i]);
  return text;
}

Json to_json(const ToldPods& told) {
  Json json;
  json["nodes"] = told.nodes;
  json["gpus"] = told.gpus;
  json["load"] = told.load;
  json["first_seed"] = told.first_seed;
  json["seeds"] = told.seeds;
  for (const ToldTrace& trace : told.traces) {
    Json entry;
    entry["trace"] = trace.name;
    entry["pods"] = trace.pods;
    for (const ToldPolicy& policy : trace.policies)
      entry["policies"].push_back(policy_json(told, policy));
    entry["no_policy_can_pass_percent"] =
        trace.bounds ? Json(trace.bounds->any_policy) : Json(nullptr);
    entry["even_shares_percent"] = trace.bounds ? Json(trace.bounds->even) : Json(nullptr);
    json["traces"].push_back(std::move(entry));
  }
  return json;
}

}  // namespace septet::cli::lab_verbs
