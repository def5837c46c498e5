// cli/plan_steps_text.cpp — the steps of a plan by GPU, and a packing as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/plan_text.h"
#include "partition/holders.h"

namespace septet::cli {

namespace {

using plan::Step;
using plan::StepKind;

// "chat-7b#1", of the packed plan. Empty: not known.
std::string owner_at(const plan::NodePlan* packed, std::uint32_t gpu, mig::Placement at) {
  if (packed == nullptr) return {};
  for (const plan::PackedBin& bin : packed->packing.bins) {
    if (bin.gpu != gpu) continue;
    for (const plan::PackedInstance& instance : bin.instances) {
      if (instance.instance.at == at && instance.replica)
        return replica_name(*packed, *instance.replica);
    }
  }
  return {};
}

// A compute instance that fills its GPU instance, right beside the step for that one: one line for
// both.
bool goes_with(const Step& compute, const Step& instance) {
  return compute.gpu == instance.gpu && compute.at == instance.at &&
         compute.profile_id == instance.profile_id && compute.compute.name == instance.name;
}

std::string what_of(const Step& step) {
  const std::string place = fmt::format("{} at {}", step.name, step.at.start);
  switch (step.kind) {
    case StepKind::kDestroyCompute:
      return fmt::format("- compute instance {} of {}", step.compute.name, place);
    case StepKind::kDestroyInstance: return fmt::format("- {}", place);
    case StepKind::kSetMode:
      return fmt::format("! MIG mode {}{}", step.mode_on ? "on" : "off",
                         step.at_reset ? " (in force after a reset or a reboot)" : "");
    case StepKind::kReset:
      return step.stop == plan::Stop::kReboot ? "! reboot of the node, then septet apply --boot"
                                              : "! reset of the GPU (only with --allow-reset)";
    case StepKind::kCreateInstance: return fmt::format("+ {}", place);
    case StepKind::kCreateCompute:
      return fmt::format("+ compute instance {} in {}", step.compute.name, place);
  }
  std::unreachable();
}

}  // namespace

std::vector<StepWords> step_words(const plan::Plan& plan, const plan::NodePlan* packed) {
  std::vector<StepWords> words;
  std::vector<const Step*> told_with_next;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    const Step& step = plan.steps[i];
    const bool with_last = step.kind == StepKind::kCreateCompute && i > 0 &&
                           plan.steps[i - 1].kind == StepKind::kCreateInstance &&
                           goes_with(step, plan.steps[i - 1]);
    const bool with_next = step.kind == StepKind::kDestroyCompute && i + 1 < plan.steps.size() &&
                           plan.steps[i + 1].kind == StepKind::kDestroyInstance &&
                           goes_with(step, plan.steps[i + 1]);
    if (with_last) {
      words.back().steps.push_back(&step);
    } else if (with_next) {
      told_with_next.push_back(&step);
    } else {
      StepWords one{&step, {}, what_of(step), {}, {}};
      one.steps = std::exchange(told_with_next, {});
      one.steps.push_back(&step);
      if (step.kind == StepKind::kCreateInstance) one.owner = owner_at(packed, step.gpu, step.at);
      if (step.stop != plan::Stop::kNothing) one.needs = plan::to_string(step.stop);
      words.push_back(std::move(one));
    }
  }
  return words;
}

std::string steps_text(const plan::Plan& plan, const plan::NodePlan* packed) {
  std::string text;
  std::optional<std::uint32_t> gpu;
  for (const StepWords& words : step_words(plan, packed)) {
    const Step& step = *words.step;
    std::string said = words.what;
    if (!words.owner.empty()) said = fmt::format("{:<20}  for {}", words.what, words.owner);
    if (!words.needs.empty()) said += fmt::format("  needs: {}", words.needs);
    text +=
        fmt::format("  {:<8}{}\n", gpu == step.gpu ? "" : fmt::format("GPU {}", step.gpu), said);
    gpu = step.gpu;
    for (const mig::Process& process : step.in_the_way) {
      text +=
          wrapped("            in the way: ", partition::to_string(partition::holder_of(process)));
    }
  }
  return text;
}

namespace {

Json sized_json(const plan::NodePlan& packed, std::size_t index) {
  const plan::Sized& sized = packed.workloads[index];
  Json json{{"name", sized.workload.name},
            {"replicas", sized.workload.replicas},
            {"priority", sized.workload.priority},
            {"placed", packed.packing.placed[index]},
            {"needs", plan::to_string(sized.workload)}};
  json["choices"] = Json::array();
  for (std::size_t k = 0; k < sized.by_kind.size(); ++k) {
    if (!sized.by_kind[k]) continue;
    const plan::Sizing& sizing = *sized.by_kind[k];
    Json refused = Json::array();
    for (const plan::TooSmall& small : sizing.refused) {
      refused.push_back({{"profile", small.profile->name}, {"why", small.why}});
    }
    json["choices"].push_back({{"board", packed.kinds[k].name},
                               {"profile", sizing.profile->name},
                               {"profile_id", sizing.profile->id},
                               {"gives", sizing.gives},
                               {"refused", std::move(refused)}});
  }
  if (sized.misfit) json["misfit"] = sized.misfit->what;
  return json;
}

Json bin_json(const plan::NodePlan& packed, const plan::PackedBin& bin) {
  Json json{{"gpu", bin.gpu},
            {"used", bin.used},
            {"instances", Json::array()},
            {"destroyed", Json::array()}};
  for (const plan::PackedInstance& instance : bin.instances) {
    Json one{{"profile", instance.instance.profile->name},
             {"start", instance.instance.at.start},
             {"size", instance.instance.at.size},
             {"kept", instance.kept},
             {"in_use", instance.busy},
             {"workload", nullptr},
             {"replica", nullptr}};
    if (instance.replica) {
      one["workload"] = packed.workloads[instance.replica->demand].workload.name;
      one["replica"] = instance.replica->number;
    }
    json["instances"].push_back(std::move(one));
  }
  for (const mig::Instance& gone : bin.destroyed) json["destroyed"].push_back(mig::to_string(gone));
  return json;
}

}  // namespace

Json to_json(const plan::NodePlan& packed) {
  const plan::Packing& packing = packed.packing;
  Json json{{"fits", packed.fits()}, {"proven", packing.proven}};
  unsigned replicas = 0;
  json["workloads"] = Json::array();
  for (std::size_t w = 0; w < packed.workloads.size(); ++w) {
    json["workloads"].push_back(sized_json(packed, w));
    replicas += packed.workloads[w].workload.replicas;
  }
  json["gpus_needed"] = packed.fits() ? Json(packing.gpus) : Json(nullptr);
  json["gpus_needed_on_empty_node"] = packed.fits() ? Json(packing.fewest) : Json(nullptr);
  json["gpus_needed_one_per_replica"] = replicas;
  json["lower_bound"] = {{"gpus", packing.bound}, {"because", packing.argument}};
  json["gpus"] = Json::array();
  for (const plan::PackedBin& bin : packing.bins) json["gpus"].push_back(bin_json(packed, bin));
  json["unusable"] = Json::array();
  for (const plan::UnusableGpu& gpu : packed.unusable) {
    json["unusable"].push_back({{"gpu", gpu.gpu}, {"why", gpu.why}});
  }
  return json;
}

Json plan_json(const plan::Plan& plan) {
  Json json = plan::to_json(plan);
  for (std::size_t s = 0; s < plan.steps.size(); ++s) {
    const auto& processes = plan.steps[s].in_the_way;
    for (std::size_t p = 0; p < processes.size(); ++p) {
      Json holder = partition::to_json(partition::holder_of(processes[p]));
      json["steps"][s]["in_the_way"][p].update(holder);
    }
  }
  return json;
}

}  // namespace septet::cli
