// septet plan — workloads or a config, to the steps that make room for them; changes nothing.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/plan_fleet.h"
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
  PlanInput input;
  bool json = globals.json;
  CommandLine line(
      "what apply would do, and why; changes nothing. Exit 0 nothing to do, 2 something, 3 does "
      "not fit",
      "septet plan");
  add_plan_options(line, input);
  std::string certificate;
  line.option("--fleet", input.fleet,
              "plan for the GPUs that this file lists (fleet: ...), not for this node's; its "
              "workloads or FILE's. Exit 0 there is a plan, 3 it does not fit");
  line.option("--certificate", certificate,
              "of a fleet: write the plan with its proof there, for septet verify");
  line.flag("--json", json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto wanted = TRY(read_wanted(input));
  if (wanted.fleet) return plan_fleet(wanted, certificate, json);
  if (!certificate.empty()) {
    return fail(Code::kInvalidArgument, "--certificate is for a fleet",
                "name one with --fleet FILE, or a file with \"fleet:\" in it");
  }
  const auto driver = TRY(open_driver(globals));
  const auto intent = TRY(intent_of(*driver, wanted));
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
