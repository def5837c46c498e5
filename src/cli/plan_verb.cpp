// septet plan — workloads or a config, to the steps that make room for them; changes nothing.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/plan_inputs.h"
#include "cli/plan_text.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

Json json_of(const Intent& intent) {
  Json json{{"file", intent.file}};
  json["config"] = intent.config.empty() ? Json(nullptr) : Json(intent.config);
  json["packing"] = intent.packed ? to_json(*intent.packed) : Json(nullptr);
  json["plan"] = plan_json(intent.plan);
  return json;
}

void print(const Intent& intent) {
  const plan::NodePlan* const packed = intent.packed ? &*intent.packed : nullptr;
  if (packed != nullptr) {
    fmt::print("sizes\n{}\n", sizing_text(*packed));
    if (!packed->fits()) {
      fmt::print("{}", misfit_text(*packed));
      return;
    }
    fmt::print("packing\n{}\n", packing_text(*packed));
  }
  if (intent.plan.empty()) {
    fmt::print("nothing to do: the node is as {} wants it\n", intent.file);
    return;
  }
  fmt::print("steps\n{}\n{}\n", steps_text(intent.plan, packed), summary_text(intent.plan));
}

Result<int> run_plan(const Globals& globals, const std::vector<std::string>& arguments) {
  bool json = false;
  CommandLine line(
      "what apply would do, and why; changes nothing. Exit 0 nothing to do, 2 something, 3 does "
      "not fit",
      "septet plan");
  const auto looked = TRY(parse_intent(line, globals, arguments, json));
  if (!looked) return 0;
  const Intent& intent = *looked;
  if (json) {
    fmt::print("{}", to_text(json_of(intent)));
  } else {
    print(intent);
  }
  if (intent.packed && !intent.packed->fits()) return std::unexpected(does_not_fit(*intent.packed));
  return intent.plan.empty() ? 0 : 2;
}

}  // namespace

extern const Verb kPlan{"plan", "workloads or a config, to layouts and steps, with the reasons",
                        run_plan};

}  // namespace septet::cli
