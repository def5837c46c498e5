#include "cli/strategy_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/quoted.h"
#include "cli/plan_text.h"
#include "plan/explain.h"
#include "plan/place.h"

namespace septet::cli {

namespace {

constexpr std::string_view kCustom = "custom";

std::string names() {
  std::string text;
  for (const plan::Strategy strategy : plan::strategies())
    text += std::string(plan::to_string(strategy)) + ", ";
  return text + std::string(kCustom);
}

std::string idle_text(const plan::StrategyLayout& layout) {
  if (layout.idle_slices == 0 && layout.idle_units == 0) return "nothing stays idle";
  return fmt::format("{} compute slice{} and {} memory unit{} stay idle", layout.idle_slices,
                     layout.idle_slices == 1 ? "" : "s", layout.idle_units,
                     layout.idle_units == 1 ? "" : "s");
}

}  // namespace

Result<> check(const StrategyChoice& choice) {
  if (choice.name != kCustom && !plan::strategy_named(choice.name)) {
    return fail(Code::kInvalidArgument, "strategy " + quoted(choice.name) + " is not known",
                "write one of " + names());
  }
  if ((choice.name == kCustom) == choice.profiles.empty()) {
    return fail(
        Code::kInvalidArgument,
        choice.profiles.empty() ? "custom needs the profiles" : "only custom takes --profiles",
        "write --strategy custom --profiles 3g.40gb,2g.20gb,2g.20gb");
  }
  return {};
}

Result<plan::StrategyLayout> layout_by(const StrategyChoice& choice,
                                       const mig::Geometry& geometry) {
  TRY(check(choice));
  if (choice.name == kCustom) return plan::custom_layout(geometry, choice.profiles);
  return plan::strategy_layout(geometry, *plan::strategy_named(choice.name));
}

Result<std::vector<plan::GpuCut>> targets_by(const StrategyChoice& choice, const mig::Node& node,
                                             std::vector<StrategyOnKind>& told) {
  std::vector<plan::GpuCut> targets;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.problem) {
      return fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu.index, *gpu.problem),
                  "nothing was planned");
    }
    if (gpu.mode == mig::MigMode::kUnsupported || gpu.geometry == nullptr) continue;
    const auto layout = TRY(layout_by(choice, gpu.geometry->geometry));
    plan::Wanted wanted;
    for (const auto* profile : layout.profiles)
      wanted.instances.push_back({profile, {}, plan::whole_instance(*profile, {}).compute});
    auto target = plan::place(gpu, wanted);
    if (!target) {
      return fail_because(std::move(target).error(),
                          fmt::format("GPU {} cannot be cut {}", gpu.index, choice.name));
    }
    targets.push_back(std::move(*target));
    const auto same = std::ranges::find_if(told, [&](const StrategyOnKind& kind) {
      return kind.board == gpu.name &&
             mig::to_string(kind.layout.layout) == mig::to_string(layout.layout);
    });
    if (same != told.end()) {
      same->gpus.push_back(gpu.index);
    } else {
      told.push_back({gpu.name, {gpu.index}, layout});
    }
  }
  if (targets.empty()) return fail(Code::kNotSupported, "no GPU of this node can be cut");
  return targets;
}

std::string strategy_text(const StrategyChoice& choice, const std::vector<StrategyOnKind>& kinds) {
  const auto strategy = plan::strategy_named(choice.name);
  std::string text = wrapped(
      "  ", fmt::format("{}: {}", choice.name,
                        strategy ? plan::one_sentence(*strategy) : "the profiles as named"));
  for (const StrategyOnKind& kind : kinds) {
    std::string gpus;
    for (const std::uint32_t gpu : kind.gpus) gpus += fmt::format(" {}", gpu);
    text += fmt::format("  {}{}{}\n", kind.board, gpus.empty() ? "" : ", GPU", gpus);
    text +=
        wrapped("    ", fmt::format("{}: {}; {}", plan::count_text(kind.layout.profiles),
                                    mig::to_string(kind.layout.layout), idle_text(kind.layout)));
    if (!kind.layout.impossible.empty()) text += wrapped("    ", kind.layout.impossible);
  }
  return text;
}

Json to_json(const StrategyChoice& choice, const std::vector<StrategyOnKind>& kinds) {
  Json json{{"strategy", choice.name}};
  const auto strategy = plan::strategy_named(choice.name);
  json["means"] = strategy ? Json(plan::one_sentence(*strategy)) : Json(nullptr);
  json["kinds"] = Json::array();
  for (const StrategyOnKind& kind : kinds) {
    Json profiles = Json::array();
    for (const auto* profile : kind.layout.profiles) profiles.push_back(profile->name);
    json["kinds"].push_back(
        {{"board", kind.board},
         {"gpus", kind.gpus},
         {"profiles", std::move(profiles)},
         {"layout", mig::to_string(kind.layout.layout)},
         {"idle_slices", kind.layout.idle_slices},
         {"idle_units", kind.layout.idle_units},
         {"impossible",
          kind.layout.impossible.empty() ? Json(nullptr) : Json(kind.layout.impossible)}});
  }
  return json;
}

}  // namespace septet::cli
