#include "cli/lab_svg/words.h"

#include <fmt/format.h>

#include "cli/svg/axis.h"

namespace septet::cli::lab_pictures {

std::string_view short_name(lab::Mode mode) {
  switch (mode) {
    case lab::Mode::kWholeGpu: return "Whole GPUs";
    case lab::Mode::kTimeSlicing: return "Time-slicing";
    case lab::Mode::kMps: return "MPS";
    case lab::Mode::kMpsPercentages: return "MPS, SM limits";
    case lab::Mode::kMig: return "MIG";
    case lab::Mode::kMigMps: return "MIG + MPS";
  }
  return "";
}

std::string inside(lab::Mode mode) {
  switch (mode) {
    case lab::Mode::kWholeGpu: return "whole GPUs";
    case lab::Mode::kTimeSlicing: return "time-slicing";
    case lab::Mode::kMpsPercentages: return "MPS with SM limits";
    case lab::Mode::kMps:
    case lab::Mode::kMig:
    case lab::Mode::kMigMps: return std::string(short_name(mode));
  }
  return "";
}

std::string_view short_name(lab::FaultKind fault) {
  switch (fault) {
    case lab::FaultKind::kProcessCrash: return "Process ends";
    case lab::FaultKind::kOutOfMemory: return "Out of memory";
    case lab::FaultKind::kKernelFault: return "Kernel fault";
    case lab::FaultKind::kMpsServerDeath: return "MPS server dies";
    case lab::FaultKind::kContainedEcc: return "Contained ECC";
    case lab::FaultKind::kGpuLost: return "GPU lost";
  }
  return "";
}

std::string inside(lab::FaultKind fault) {
  std::string words(short_name(fault));
  // "MPS server dies" and "GPU lost" begin with a name.
  const bool named = words.size() > 1 && words[1] >= 'A' && words[1] <= 'Z';
  if (!named && words[0] >= 'A' && words[0] <= 'Z')
    words[0] = static_cast<char>(words[0] - 'A' + 'a');
  return words;
}

std::string_view known_as(lab::FaultKind fault) {
  switch (fault) {
    case lab::FaultKind::kKernelFault: return "Xid 13, 31";
    case lab::FaultKind::kContainedEcc: return "Xid 94";
    case lab::FaultKind::kGpuLost: return "Xid 48, 79, 95, 119";
    case lab::FaultKind::kProcessCrash:
    case lab::FaultKind::kOutOfMemory:
    case lab::FaultKind::kMpsServerDeath: return "";
  }
  return "";
}

bool possible(const lab::ModeOutcome& outcome) { return outcome.impossible.empty(); }

bool partitions(lab::Mode mode) { return mode == lab::Mode::kMig || mode == lab::Mode::kMigMps; }

const lab::Tenant* tenant_of(const lab::Scenario& scenario, std::string_view name) {
  const auto named = [&](std::string_view wanted) -> const lab::Tenant* {
    for (const lab::Tenant& tenant : scenario.tenants)
      if (tenant.name == wanted) return &tenant;
    return nullptr;
  };
  if (const lab::Tenant* exact = named(name)) return exact;
  return named(name.substr(0, name.rfind('#')));
}

std::optional<double> objective_of(const lab::Scenario& scenario, std::string_view name) {
  const lab::Tenant* tenant = tenant_of(scenario, name);
  return tenant == nullptr ? std::nullopt : tenant->objective_seconds;
}

bool missed_by_faults(const lab::Scenario& scenario, const lab::TenantOutcome& tenant) {
  const auto objective = objective_of(scenario, tenant.name);
  return objective && !tenant.meets_objective.value_or(true) && !tenant.diverges &&
         tenant.lost > 0 && tenant.latency.p99 <= *objective;
}

Met objectives_met(const lab::ModeOutcome& outcome) {
  Met out;
  for (const lab::TenantOutcome& tenant : outcome.tenants) {
    if (!tenant.meets_objective) continue;
    ++out.of;
    if (*tenant.meets_objective) ++out.met;
  }
  return out;
}

std::string capital(std::string sentence) {
  if (!sentence.empty() && sentence[0] >= 'a' && sentence[0] <= 'z')
    sentence[0] = static_cast<char>(sentence[0] - 'a' + 'A');
  return sentence;
}

std::string counted(std::size_t many, std::string_view one) {
  return fmt::format("{} {}{}", many, one, many == 1 ? "" : "s");
}

std::string listed(const std::vector<std::string>& parts) {
  std::string out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (i > 0) out += i + 1 == parts.size() ? " and " : ", ";
    out += parts[i];
  }
  return out;
}

std::string origin(const lab::Scenario& scenario) {
  const std::string_view gpu =
      scenario.gpu.product == nullptr ? std::string_view("GPU") : scenario.gpu.product->id;
  const std::string evidence =
      scenario.gpu.validated
          ? fmt::format(
                "Modelled; per-slice times checked against published measurements of the "
                "{} (septet lab validate).",
                gpu)
          : fmt::format("Modelled, not validated: nobody published per-slice times of the {}.",
                        gpu);
  return fmt::format(
      "{} Source: septet lab compare, scenario {}, {} of which the first {} are not "
      "counted, seed {}.",
      evidence, scenario.name, svg::seconds_words(scenario.seconds),
      svg::seconds_words(scenario.warm_up), scenario.seed);
}

std::string mode_heading(const lab::ModeOutcome& outcome, const std::string& remark, double x,
                         double y, double width) {
  const std::string_view name = short_name(outcome.mode);
  const double taken = svg::width_of(name, kHeading) + 8;
  std::string out = svg::text(x, y, name, width, {kHeading, kInk});
  if (!remark.empty() && width - taken > 40)
    out += svg::text(x + taken, y, remark, width - taken, {kBody, kGray});
  return out;
}

std::string impossible_words(const lab::ModeOutcome& outcome, svg::Box box) {
  std::string out = svg::rect(box, "fill=\"#f4f5f7\" stroke=\"#d9dde2\"");
  const auto lines = svg::lines_of("cannot run this: " + outcome.impossible, box.width - 24, kBody,
                                   static_cast<std::size_t>(std::max(1.0, box.height / 16)));
  double y = box.y + box.height / 2 - 8 * static_cast<double>(lines.size()) + 12;
  for (const std::string& one : lines) {
    out += svg::text(box.x + box.width / 2, y, one, box.width - 24, {kBody, kGray, "middle"});
    y += 16;
  }
  return out;
}

}  // namespace septet::cli::lab_pictures
