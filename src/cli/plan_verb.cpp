// septet plan — workloads or a config, to the steps that make room for them; changes nothing.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/plan_compact.h"
#include "cli/plan_fleet.h"
#include "cli/plan_makespan.h"
#include "cli/plan_options.h"
#include "cli/plan_picture.h"
#include "cli/plan_product.h"
#include "cli/plan_text.h"
#include "cli/plan_transition.h"
#include "cli/services_text.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

Json json_of(const Intent& intent) {
  Json json{{"file", intent.file}};
  json["config"] = intent.config.empty() ? Json(nullptr) : Json(intent.config);
  json["strategy"] = intent.kinds.empty() ? Json(nullptr) : to_json(intent.strategy, intent.kinds);
  const bool served = intent.packed && intent.packed->services;
  json["services"] = served ? to_json(*intent.packed->services) : Json(nullptr);
  json["packing"] = intent.packed ? to_json(*intent.packed) : Json(nullptr);
  json["plan"] = plan_json(intent.plan);
  return json;
}

void print(const Intent& intent) {
  const plan::NodePlan* const packed = intent.packed ? &*intent.packed : nullptr;
  if (!intent.kinds.empty())
    fmt::print("strategy\n{}\n", strategy_text(intent.strategy, intent.kinds));
  if (packed != nullptr) {
    if (packed->services) {
      fmt::print("services, as on empty GPUs\n{}\n{}\n", services_text(*packed->services),
                 proof_text(*packed->services));
    }
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

// For GPUs that are not this node's; nullopt: it is about this node.
Result<std::optional<int>> plan_elsewhere(const PlanOptions& options, const Wanted& wanted) {
  if (wanted.fleet && !options.product.empty()) {
    return fail(Code::kInvalidArgument, "--product and a fleet are named",
                "the fleet says which products it has; leave --product out");
  }
  if (!wanted.fleet && options.product.empty() && !options.output.certificate.empty()) {
    return fail(Code::kInvalidArgument, "--certificate is for a fleet, or for --product ID",
                "name one with --fleet FILE, or a file with \"fleet:\" in it; or a product");
  }
  if (wanted.fleet) return TRY(plan_fleet(wanted, options.output));
  if (options.product.empty()) return std::optional<int>{};
  return TRY(plan_for_product(options.product, wanted, options.output));
}

// Plans that are made by themselves; nullopt: it is one of the others.
Result<std::optional<int>> plan_alone(const PlanOptions& options) {
  if (!options.compact.empty()) {
    TRY(takes_only(options, "--compact", {"--svg"},
                   "septet plan --compact FILE, with --json or --svg or without"));
    return TRY(plan_compact(options.compact, options.output));
  }
  if (!options.transition.from.empty()) {
    TRY(takes_only(options, "--from", {"--svg"},
                   "septet plan --from FILE --to FILE, with --spare, --any-gpu, --layouts, --svg "
                   "or --json"));
    return TRY(plan_transition(options.transition, options.output));
  }
  if (!options.makespan.empty()) {
    TRY(takes_only(options, "--makespan", {"--product"},
                   "septet plan --product ID --makespan FILE, with or without --json"));
    return TRY(plan_makespan(options.product, options.makespan, options.output.json));
  }
  return std::optional<int>{};
}

Result<int> run_plan(const Globals& globals, const std::vector<std::string>& arguments) {
  PlanOptions options;
  options.output.json = globals.json;
  CommandLine line(
      "what apply would do, and why; changes nothing. Exit 0 nothing to do, 2 something, 3 does "
      "not fit",
      "septet plan");
  add_options(line, options);
  if (TRY(line.parse(arguments)).finished) return 0;
  if (const auto code = TRY(plan_alone(options))) return *code;
  const auto wanted = TRY(read_wanted(options.input));
  if (const auto code = TRY(plan_elsewhere(options, wanted))) return *code;
  const auto driver = TRY(open_driver(globals));
  const auto intent = TRY(intent_of(*driver, wanted));
  if (options.output.json) {
    fmt::print("{}", to_text(json_of(intent)));
  } else {
    print(intent);
  }
  TRY(draw(options.output.svg, picture_of(intent), !options.output.json));
  if (intent.packed && !intent.packed->fits()) return std::unexpected(does_not_fit(*intent.packed));
  return intent.plan.empty() ? 0 : 2;
}

}  // namespace

extern const Verb kPlan{"plan", "workloads or a config, to layouts and steps, with the reasons",
                        run_plan};

}  // namespace septet::cli
