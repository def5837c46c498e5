// plan/diff_text.cpp — a plan for people and for programs.
#include <fmt/format.h>

#include <utility>

#include "plan/diff.h"

namespace septet::plan {

std::string_view to_string(StepKind kind) {
  switch (kind) {
    case StepKind::kDestroyCompute: return "destroy-compute-instance";
    case StepKind::kDestroyInstance: return "destroy-gpu-instance";
    case StepKind::kSetMode: return "set-mig-mode";
    case StepKind::kReset: return "reset-gpu";
    case StepKind::kCreateInstance: return "create-gpu-instance";
    case StepKind::kCreateCompute: return "create-compute-instance";
  }
  std::unreachable();
}

std::string_view to_string(Stop stop) {
  switch (stop) {
    case Stop::kNothing: return "nothing";
    case Stop::kInstanceIdle: return "instance idle";
    case Stop::kGpuIdle: return "GPU idle";
    case Stop::kReset: return "reset";
    case Stop::kReboot: return "reboot";
  }
  std::unreachable();
}

std::string to_string(const Step& step) {
  switch (step.kind) {
    case StepKind::kDestroyCompute:
      return fmt::format("GPU {}: destroy compute instance {} in {} at {}", step.gpu,
                         step.compute.name, step.name, step.at.start);
    case StepKind::kDestroyInstance:
      return fmt::format("GPU {}: destroy {} at {}", step.gpu, step.name, step.at.start);
    case StepKind::kSetMode:
      return fmt::format("GPU {}: turn MIG mode {}", step.gpu, step.mode_on ? "on" : "off");
    case StepKind::kReset:
      return fmt::format("GPU {}: {}, so that MIG mode goes {}", step.gpu,
                         step.stop == Stop::kReboot ? "reboot the node" : "reset",
                         step.mode_on ? "on" : "off");
    case StepKind::kCreateInstance:
      return fmt::format("GPU {}: create {} at {}", step.gpu, step.name, step.at.start);
    case StepKind::kCreateCompute:
      return fmt::format("GPU {}: create compute instance {} in {} at {}", step.gpu,
                         step.compute.name, step.name, step.at.start);
  }
  std::unreachable();
}

std::string to_string(const Plan& plan) {
  std::string text;
  for (const Step& step : plan.steps) {
    const std::string place = fmt::format("{} {}@{}", step.gpu, step.name, step.at.start);
    switch (step.kind) {
      case StepKind::kDestroyCompute:
        text += fmt::format("- {} / {}\n", place, step.compute.name);
        break;
      case StepKind::kDestroyInstance: text += fmt::format("- {}\n", place); break;
      case StepKind::kSetMode:
        text += fmt::format("! {} mode {}\n", step.gpu, step.mode_on ? "on" : "off");
        break;
      case StepKind::kReset:
        text += fmt::format("! {} {}\n", step.gpu, step.stop == Stop::kReboot ? "reboot" : "reset");
        break;
      case StepKind::kCreateInstance: text += fmt::format("+ {}\n", place); break;
      case StepKind::kCreateCompute:
        text += fmt::format("+ {} / {}\n", place, step.compute.name);
        break;
    }
  }
  return text;
}

namespace {

std::string_view mode_text(mig::MigMode mode) {
  switch (mode) {
    case mig::MigMode::kOff: return "off";
    case mig::MigMode::kOn: return "on";
    case mig::MigMode::kUnsupported: return "unsupported";
  }
  std::unreachable();
}

Json placement_json(mig::Placement at) { return {{"start", at.start}, {"size", at.size}}; }

Json compute_json(const ComputeCut& compute) {
  Json json{{"profile", compute.name}, {"profile_id", compute.profile_id}};
  json["placement"] = compute.at ? placement_json(*compute.at) : Json(nullptr);
  if (!compute.uuid.empty()) json["uuid"] = compute.uuid;
  return json;
}

}  // namespace

Json to_json(const GpuCut& cut) {
  Json instances = Json::array();
  for (const InstanceCut& instance : cut.instances) {
    Json compute = Json::array();
    for (const ComputeCut& inside : instance.compute) compute.push_back(compute_json(inside));
    instances.push_back({{"profile", instance.name},
                         {"profile_id", instance.profile_id},
                         {"placement", placement_json(instance.at)},
                         {"compute", std::move(compute)}});
  }
  return {{"gpu", cut.gpu},
          {"uuid", cut.uuid},
          {"mig_mode", mode_text(cut.mode)},
          {"pending_mode", mode_text(cut.pending)},
          {"instances", std::move(instances)}};
}

Json to_json(const Step& step) {
  Json json{{"step", to_string(step.kind)}, {"gpu", step.gpu}, {"text", to_string(step)}};
  const bool mode = step.kind == StepKind::kSetMode || step.kind == StepKind::kReset;
  if (mode) {
    json["mig_mode"] = step.mode_on ? "on" : "off";
  } else {
    json["profile"] = step.name;
    json["profile_id"] = step.profile_id;
    json["placement"] = placement_json(step.at);
  }
  if (!step.compute.name.empty()) json["compute"] = compute_json(step.compute);
  json["needs"] = to_string(step.stop);
  json["in_the_way"] = Json::array();
  for (const mig::Process& process : step.in_the_way) {
    json["in_the_way"].push_back({{"pid", process.pid}, {"name", process.name}});
  }
  return json;
}

Json to_json(const Plan& plan) {
  Json json{{"changes", !plan.empty()},
            {"needs_reset", plan.needs_reset()},
            {"needs_reboot", plan.needs_reboot()}};
  json["steps"] = Json::array();
  for (const Step& step : plan.steps) json["steps"].push_back(to_json(step));
  json["from"] = Json::array();
  for (const GpuCut& cut : plan.from) json["from"].push_back(to_json(cut));
  json["to"] = Json::array();
  for (const GpuCut& cut : plan.to) json["to"].push_back(to_json(cut));
  return json;
}

}  // namespace septet::plan
