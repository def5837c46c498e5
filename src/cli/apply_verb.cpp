// septet apply — make this node look like a file, and show it.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/plan_inputs.h"
#include "cli/plan_text.h"
#include "cli/verb.h"
#include "partition/apply.h"

namespace septet::cli {

namespace {

struct Options {
  PlanInput input;
  bool json = false, dry_run = false;
  partition::ApplyOptions apply;
};

const plan::NodePlan* packed_of(const Intent& intent) {
  return intent.packed ? &*intent.packed : nullptr;
}

void print_plan(const Intent& intent) {
  if (const auto* const packed = packed_of(intent)) {
    fmt::print("sizes\n{}\npacking\n{}\n", sizing_text(*packed), packing_text(*packed));
  }
  if (!intent.plan.empty()) {
    fmt::print("steps\n{}\n{}\n", steps_text(intent.plan, packed_of(intent)),
               summary_text(intent.plan));
  }
}

void print_node(const Intent& intent, const mig::Node& node) {
  fmt::print("\n{}", draw_assignment(node, packed_of(intent), color_wanted()));
  if (const auto* const packed = packed_of(intent))
    fmt::print("\n{}", assignment_text(node, *packed));
}

Json outcome_json(const Intent& intent, const partition::Outcome& outcome) {
  Json json{{"outcome", partition::to_string(outcome.end)},
            {"steps_done", outcome.steps_done},
            {"steps", intent.plan.steps.size()}};
  json["failure"] = outcome.failure ? Json(outcome.failure->describe()) : Json(nullptr);
  json["rollback_failure"] =
      outcome.rollback_failure ? Json(outcome.rollback_failure->describe()) : Json(nullptr);
  json["packing"] = intent.packed ? to_json(*intent.packed) : Json(nullptr);
  json["plan"] = plan::to_json(intent.plan);
  return json;
}

// What went wrong, and what the node is like now: both must be told.
std::unexpected<Error> failed(const Intent& intent, const partition::Outcome& outcome) {
  const std::string done =
      fmt::format("{} of {} steps were done", outcome.steps_done, intent.plan.steps.size());
  Error error = *outcome.failure;
  std::string remedy = error.remedy;
  if (outcome.end == partition::End::kRolledBack) {
    return fail_because(std::move(error), done + ", then the node was put back as it was",
                        std::move(remedy));
  }
  std::string what = done + ", and putting the node back failed too";
  if (outcome.rollback_failure) what += ":\n  " + outcome.rollback_failure->what;
  for (const plan::Step& step : outcome.left) what += "\n  left: " + plan::to_string(step);
  return fail_because(std::move(error), std::move(what), "look at the node: septet status");
}

Result<int> carry_out(driver::Driver& driver, const Intent& intent, const Options& options) {
  const auto outcome = TRY(partition::apply(intent.plan, driver, options.apply));
  if (options.json) fmt::print("{}", to_text(outcome_json(intent, outcome)));
  if (outcome.end != partition::End::kDone) return failed(intent, outcome);
  if (options.json) return 0;
  fmt::print("done: {} of {} steps, each read back\n", outcome.steps_done,
             intent.plan.steps.size());
  print_node(intent, TRY(driver.observe()));
  return 0;
}

Result<int> run_apply(const Globals& globals, const std::vector<std::string>& arguments) {
  Options options;
  options.json = globals.json;
  CommandLine line("make this node look like a file: workloads, or a mig-parted config",
                   "septet apply");
  add_plan_options(line, options.input);
  line.flag("--dry-run", options.dry_run, "only say what would be done; exit 2 if anything");
  line.flag("--allow-reset", options.apply.allow_reset,
            "GPUs whose change of mode needs it may be reset");
  line.flag("--json", options.json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;

  const auto driver = TRY(open_driver(globals));
  const auto intent = TRY(intent_of(*driver, options.input));
  const bool misfit = intent.packed && !intent.packed->fits();
  if (misfit && !options.json) fmt::print("{}", misfit_text(*intent.packed));
  if (misfit) return std::unexpected(does_not_fit(*intent.packed));
  if (!options.json) print_plan(intent);
  if (intent.plan.empty()) {
    if (options.json) {
      fmt::print("{}", to_text(outcome_json(intent, {})));
    } else {
      fmt::print("nothing to do: the node is as {} wants it\n", intent.file);
      print_node(intent, intent.node);
    }
    return 0;
  }
  if (!options.dry_run) return carry_out(*driver, intent, options);
  if (options.json) fmt::print("{}", to_text(plan::to_json(intent.plan)));
  return 2;
}

}  // namespace

extern const Verb kApply{"apply", "make this node look like a file, and show it", run_apply};

}  // namespace septet::cli
