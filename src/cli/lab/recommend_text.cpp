#include "cli/lab/recommend_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/lab/compare_text.h"
#include "cli/plan_text.h"
#include "lab/answer/compare_json.h"
#include "lab/answer/compare_words.h"
#include "lab/model/fault_rules.h"

namespace septet::cli::lab_recommend {

namespace {

using lab::Proposal;
using lab::answer::counted;
using lab::answer::rate_text;
using lab::answer::seconds_text;

bool splits(lab::Mode mode) { return mode == lab::Mode::kMig || mode == lab::Mode::kMigMps; }

const lab::Tenant& tenant_of(const lab::Scenario& scenario, std::size_t replica) {
  return *lab::answer::replicas_of(scenario)[replica];
}

std::string worst_text(const lab::Scenario& scenario, const Proposal& proposal) {
  if (proposal.worst == 0.0) return "nobody has an objective";
  return lab::answer::miss_text(tenant_of(scenario, proposal.worst_tenant),
                                proposal.outcome.tenants[proposal.worst_tenant]);
}

std::string headline(const lab::Scenario& scenario, const lab::Recommendation& found) {
  if (found.best) {
    const Proposal& best = *found.best;
    const std::string reached =
        lab::answer::any_objective(scenario)
            ? fmt::format("It meets every objective; nearest to its own is {}.",
                          worst_text(scenario, best))
            : std::string(
                  "Nobody states an objective, so that the fewest GPUs and then the least "
                  "energy decide.");
    return fmt::format("Use {} on {} of {}. {}", name_of(best.mode), counted(best.gpus, "GPU"),
                       scenario.gpu.product->id, reached);
  }
  std::string text = fmt::format("Nothing that was tried meets every objective on up to {} of {}.",
                                 counted(scenario.most_gpus, "GPU"), scenario.gpu.product->id);
  if (!found.others.empty()) {
    const Proposal& nearest = found.others.front();
    text += fmt::format(" Nearest is {} on {}: {}.", name_of(nearest.mode),
                        counted(nearest.gpus, "GPU"), worst_text(scenario, nearest));
  }
  return text;
}

// "x 2.4", "x 8 or more": how much more load; "" when not looked for.
std::string margin_of(const lab::Recommendation& found, const std::string& tenant) {
  for (const lab::LoadMargin& margin : found.margins) {
    if (margin.tenant != tenant) continue;
    return fmt::format("{:.2f}{}", margin.factor, margin.beyond ? " or more" : "");
  }
  return "-";
}

std::string margins_text(const lab::Scenario& scenario, const Proposal& proposal,
                         const lab::Recommendation& found) {
  const auto replicas = lab::answer::replicas_of(scenario);
  std::string text = fmt::format("\n{:<17}{:<27}{:>9}{:>10}{:>7}  {}\n", "", "", "p99", "of",
                                 "used", "load, times");
  for (std::size_t i = 0; i < replicas.size(); ++i) {
    const lab::TenantOutcome& outcome = proposal.outcome.tenants[i];
    const lab::Tenant& tenant = *replicas[i];
    if (tenant.training) {
      text += fmt::format("{:<16.16} {:<26.26} {:>26}\n", outcome.name, outcome.runs_on,
                          rate_text(outcome.throughput) + " steps/s");
      continue;
    }
    std::string objective = "-", used = "-";
    if (tenant.objective_seconds) {
      objective = seconds_text(*tenant.objective_seconds);
      used = fmt::format("{:.0f} %", 100.0 * outcome.latency.p99 / *tenant.objective_seconds);
    }
    const bool alone = scenario.tenants.size() == 1;
    text += fmt::format("{:<16.16} {:<26.26} {:>9}{:>10}{:>7}  {}\n", outcome.name, outcome.runs_on,
                        seconds_text(outcome.latency.p99), objective, used,
                        margin_of(found, alone ? "" : tenant.name));
  }
  if (found.margins.empty()) return text;
  return text +
         fmt::format("all tenants together may have {} times this load\n", margin_of(found, ""));
}

std::string why_not(const lab::Scenario& scenario, const Proposal& other,
                    const std::optional<Proposal>& best) {
  if (!other.meets)
    return fmt::format("{}: {}", counted(other.gpus, "GPU"), worst_text(scenario, other));
  const char* const does = lab::answer::any_objective(scenario) ? "meets them" : "runs them";
  if (best && other.gpus > best->gpus)
    return fmt::format("{} too, but on {}", does, counted(other.gpus, "GPU"));
  const double energy = other.outcome.joules_per_request;
  const double least = best ? best->outcome.joules_per_request : energy;
  std::string text = fmt::format("{} on {} too", does, counted(other.gpus, "GPU"));
  if (best && other.pace < best->pace - 0.01)
    return text + fmt::format(", but trainings do {:.0f} % less",
                              100.0 * (1.0 - std::exp(other.pace - best->pace)));
  if (energy > 1.01 * least)
    return text + fmt::format(", for {:.1f} % more energy", 100.0 * (energy / least - 1.0));
  return text + ", nearer to its limit: " + worst_text(scenario, other);
}

std::string others_text(const lab::Scenario& scenario, const lab::Recommendation& found) {
  if (found.others.empty() && found.impossible.empty()) return {};
  std::string text = "\nthe others:\n";
  for (const Proposal& other : found.others) {
    text +=
        wrapped(fmt::format("  {:<21}", name_of(other.mode)), why_not(scenario, other, found.best));
  }
  for (const auto& [mode, why] : found.impossible)
    text += wrapped(fmt::format("  {:<21}", name_of(mode)), why);
  return text;
}

// Neither a faulty kernel nor a lack of memory of one tenant reaches another.
bool isolates(lab::Mode mode) {
  const auto stays = [mode](lab::FaultKind kind) {
    return lab::fault_rule(mode, kind).reach == lab::Reach::kTenant;
  };
  return stays(lab::FaultKind::kKernelFault) && stays(lab::FaultKind::kOutOfMemory);
}

// What isolates where the winner does not, at the least cost.
const Proposal* isolating(const lab::Recommendation& found) {
  if (!found.best || isolates(found.best->mode)) return nullptr;
  for (const Proposal& other : found.others)
    if (other.meets && isolates(other.mode)) return &other;
  return nullptr;
}

std::vector<std::string> changes(const lab::Scenario& scenario, const lab::Recommendation& found) {
  std::vector<std::string> list;
  if (found.best && !found.margins.empty() && !found.margins.front().beyond) {
    list.push_back(fmt::format("more than {:.2f} times the load of all tenants",
                               found.margins.front().factor));
  }
  if (const Proposal* const other = isolating(found)) {
    list.push_back(fmt::format(
        "tenants that must not go down with each other: under {} one that misbehaves takes others "
        "along; {} keeps them apart on {}",
        name_of(found.best->mode), name_of(other->mode), counted(other->gpus, "GPU")));
  }
  const bool close = std::ranges::any_of(found.others, [&](const Proposal& other) {
    return found.best && other.meets && other.gpus == found.best->gpus;
  });
  if (close && lab::answer::any_objective(scenario)) {
    list.push_back(
        "power as your GPUs draw it: energy decided among ways that use as many GPUs, and the "
        "model's power is the least certain part of it");
  }
  for (const Proposal& other : found.others) {
    const bool fewer = !found.best || other.gpus < found.best->gpus;
    if (other.meets || !fewer || other.worst <= 1.0 || other.worst > 100.0) continue;
    list.push_back(fmt::format("an objective of {} for {}: then {} on {} would do",
                               seconds_text(other.outcome.tenants[other.worst_tenant].latency.p99),
                               other.outcome.tenants[other.worst_tenant].name, name_of(other.mode),
                               counted(other.gpus, "GPU")));
  }
  if (!scenario.faults.empty())
    list.push_back("faults: the planned ones were left out here; septet lab compare has them");
  if (!scenario.changes.empty())
    list.push_back("cutting the GPUs anew in between, which was left out here");
  return list;
}

std::string effort_text(const lab::Recommendation& found) {
  std::string text = fmt::format(
      "{} simulated, {} left out as overloaded by the closed form; layouts were ranked by the "
      "queue "
      "of each tenant alone and the best simulated.",
      counted(found.simulated, "combination"), found.overloaded);
  const lab::RecommendEffort effort;
  const std::string most = fmt::format("{} simulations or {:.0f} million requests",
                                       effort.most_simulations, effort.most_requests / 1e6);
  if (found.cut_short) {
    text += fmt::format(
        " Then the effort of {} was spent: something better may be left. Shorter runs "
        "(--seconds) leave more.",
        most);
  } else if (found.margins_cut) {
    text += fmt::format(
        " Then the effort of {} was spent: where it says \"or more\", the end of a "
        "tenant's load was not found. Shorter runs (--seconds) leave more.",
        most);
  }
  return text;
}

}  // namespace

std::string layout_file_text(const Proposal& proposal) {
  if (!splits(proposal.mode)) return {};
  std::string text = "gpus:\n";
  for (std::size_t gpu = 0; gpu < proposal.outcome.layouts.size(); ++gpu) {
    std::string instances = proposal.outcome.layouts[gpu];
    // "1g.10gb@0 2g.20gb@2" to "1g.10gb:0, 2g.20gb:2"
    std::ranges::replace(instances, '@', ':');
    std::string list;
    for (const char c : instances) list += c == ' ' ? std::string(", ") : std::string(1, c);
    text += fmt::format("- {{gpu: {}, instances: [{}]}}\n", gpu, list);
  }
  return text;
}

std::string recommend_text(const lab::Scenario& scenario, const lab::Recommendation& found) {
  std::string text = wrapped("", headline(scenario, found));
  if (!scenario.gpu.validated) {
    text += wrapped(
        "", fmt::format("On {} this is {}.", scenario.gpu.product->id, scenario.gpu.validation));
  }
  if (found.best || !found.others.empty()) {
    const Proposal& shown = found.best ? *found.best : found.others.front();
    text += margins_text(scenario, shown, found);
    const std::string file = layout_file_text(shown);
    if (!file.empty()) text += "\nas a file for septet apply:\n" + file;
  }
  text += others_text(scenario, found);
  const auto list = changes(scenario, found);
  if (!list.empty()) text += "\nwhat would change the answer:\n";
  for (const std::string& one : list) text += wrapped("  - ", one);
  text += "\n" + wrapped("", effort_text(found));
  return text + lab_compare::evidence_text(scenario);
}

Json recommend_json(const lab::Scenario& scenario, const lab::Recommendation& found) {
  const auto proposal_json = [&](const Proposal& proposal) {
    Json json = lab::answer::outcome_json(scenario, proposal.outcome, false);
    json["worst_p99_of_objective"] = proposal.worst;
    if (proposal.worst > 0.0)
      json["worst_tenant"] = proposal.outcome.tenants[proposal.worst_tenant].name;
    if (splits(proposal.mode)) json["layout_file"] = layout_file_text(proposal);
    return json;
  };
  Json others = Json::array(), impossible = Json::array(), margins = Json::array();
  for (const Proposal& other : found.others) others.push_back(proposal_json(other));
  for (const auto& [mode, why] : found.impossible)
    impossible.push_back({{"mode", to_string(mode)}, {"why", why}});
  for (const lab::LoadMargin& margin : found.margins) {
    margins.push_back({{"tenant", margin.tenant.empty() ? Json(nullptr) : Json(margin.tenant)},
                       {"load_factor", margin.factor},
                       {"or_more", margin.beyond}});
  }
  return Json{{"scenario", scenario.name},
              {"answer", headline(scenario, found)},
              {"best", found.best ? proposal_json(*found.best) : Json(nullptr)},
              {"margins", std::move(margins)},
              {"others", std::move(others)},
              {"impossible", std::move(impossible)},
              {"would_change", changes(scenario, found)},
              {"simulated", found.simulated},
              {"overloaded", found.overloaded},
              {"cut_short", found.cut_short},
              {"evidence", lab::answer::evidence_json(scenario)}};
}

}  // namespace septet::cli::lab_recommend
