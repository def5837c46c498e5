#include "lab/answer/compare_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "lab/answer/compare_words.h"

namespace septet::lab::answer {

namespace {

std::string who_text(const Scenario& scenario) {
  std::size_t services = 0, trainings = 0;
  for (const Tenant& tenant : scenario.tenants)
    (tenant.training ? trainings : services) += tenant.replicas;
  std::string text = services + (services > 0 ? 0 : trainings) == 1 ? "For this " : "For these ";
  const auto of = [](std::size_t count, const char* one) {
    return count == 1 ? std::string(one) : counted(count, one);
  };
  if (services > 0) text += of(services, "service");
  if (services > 0 && trainings > 0) text += " and " + counted(trainings, "training");
  if (services == 0) text += of(trainings, "training");
  return text + " on " + std::string(scenario.gpu.product->id);
}

// Why it does not meet the objectives; "cannot run them (...)" included.
std::string not_text(const std::vector<const Tenant*>& replicas, const ModeOutcome& outcome) {
  if (!outcome.impossible.empty())
    return fmt::format("{} cannot run them ({})", name_of(outcome.mode), outcome.impossible);
  const auto worst = worst_tenant(replicas, outcome);
  return fmt::format("{} on {} does not ({})", name_of(outcome.mode), counted(outcome.gpus, "GPU"),
                     miss_text(*replicas[*worst], outcome.tenants[*worst]));
}

auto preference(const std::vector<const Tenant*>& replicas, const ModeOutcome& outcome) {
  const auto worst = worst_tenant(replicas, outcome);
  return std::tuple(outcome.gpus, outcome.joules_per_request,
                    worst ? outcome.tenants[*worst].latency.p99 : 0.0);
}

// Without objectives: who gets most done per GPU.
std::string most_done(const Comparison& comparison) {
  const ModeOutcome* most = nullptr;
  for (const ModeOutcome& outcome : comparison.modes) {
    if (!outcome.impossible.empty()) continue;
    if (most == nullptr || outcome.throughput / outcome.gpus > most->throughput / most->gpus)
      most = &outcome;
  }
  if (most == nullptr) return "no way to share runs them.";
  return fmt::format("nobody states an objective; {} gets most done per GPU, {}/s on {}.",
                     name_of(most->mode), rate_text(most->throughput), counted(most->gpus, "GPU"));
}

// How many others go down with the tenant whose kernel faults; nullopt: not worked out.
std::optional<std::size_t> stopped_with_it(const Comparison& comparison, Mode mode) {
  for (const FaultRow& row : comparison.faults) {
    if (row.mode != mode || row.kind != FaultKind::kKernelFault) continue;
    const auto others =
        std::ranges::count_if(row.down, [](const auto& s) { return s.has_value(); });
    return static_cast<std::size_t>(std::max<std::ptrdiff_t>(others - 1, 0));
  }
  return std::nullopt;
}

// What the best mode risks that another one, which meets the objectives too, does not.
std::string risk_text(const Comparison& comparison, const ModeOutcome& best) {
  const auto stopped = stopped_with_it(comparison, best.mode);
  if (!stopped || *stopped == 0) return "";
  const ModeOutcome* safer = nullptr;
  for (const ModeOutcome& outcome : comparison.modes) {
    if (!outcome.impossible.empty() || !outcome.meets_objectives) continue;
    if (stopped_with_it(comparison, outcome.mode) != std::optional<std::size_t>(0)) continue;
    if (safer == nullptr || outcome.gpus < safer->gpus) safer = &outcome;
  }
  std::string text = fmt::format(" With {}, a kernel fault of one (Xid 13, 31) stops {} more",
                                 name_of(best.mode), *stopped);
  if (safer != nullptr) text += fmt::format("; with {}, nobody else", name_of(safer->mode));
  return text + ".";
}

}  // namespace

const ModeOutcome* best_mode(const Scenario& scenario, const Comparison& comparison) {
  const auto replicas = replicas_of(scenario);
  const ModeOutcome* best = nullptr;
  for (const ModeOutcome& outcome : comparison.modes) {
    if (!outcome.impossible.empty() || !outcome.meets_objectives) continue;
    if (best == nullptr || preference(replicas, outcome) < preference(replicas, *best))
      best = &outcome;
  }
  return best;
}

std::string answer_text(const Scenario& scenario, const Comparison& comparison) {
  const auto replicas = replicas_of(scenario);
  std::string text = who_text(scenario) + ": ";
  if (!any_objective(scenario)) return text + most_done(comparison);
  const ModeOutcome* const best = best_mode(scenario, comparison);
  if (best == nullptr) {
    text += "no way to share that was tried meets every objective";
  } else {
    text += fmt::format("{} meets every objective on {}", name_of(best->mode),
                        counted(best->gpus, "GPU"));
  }
  for (const ModeOutcome& outcome : comparison.modes) {
    if (&outcome == best) continue;
    text += "; ";
    if (outcome.impossible.empty() && outcome.meets_objectives) {
      text += fmt::format("{} does on {}", name_of(outcome.mode), outcome.gpus);
    } else {
      text += not_text(replicas, outcome);
    }
  }
  text += ".";
  return best == nullptr ? text : text + risk_text(comparison, *best);
}

}  // namespace septet::lab::answer
