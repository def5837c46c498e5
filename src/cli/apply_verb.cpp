// septet apply — make this node look like a file, and show it.
#include <fmt/format.h>

#include "cli/boot_restore.h"
#include "cli/change_session.h"
#include "cli/command_line.h"
#include "cli/plan_inputs.h"
#include "cli/plan_text.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

struct ApplyOptions {
  PlanInput input;
  ChangeOptions change;
  bool boot = false, reboot = false;
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

Json outcome_json(const Intent& intent, const partition::Journaled& made) {
  Json json = to_json(made, intent.plan);
  json["packing"] = intent.packed ? to_json(*intent.packed) : Json(nullptr);
  json["plan"] = plan_json(intent.plan);
  return json;
}

// Says what is to be done; kInfeasible when the workloads do not fit.
Result<> show_intent(const Intent& intent, bool json) {
  const bool misfit = intent.packed && !intent.packed->fits();
  if (misfit && !json) fmt::print("{}", misfit_text(*intent.packed));
  if (misfit) return std::unexpected(does_not_fit(*intent.packed));
  if (!json) print_plan(intent);
  return {};
}

Result<int> dry_run(const Globals& globals, const Wanted& wanted, const ChangeOptions& options) {
  const auto driver = TRY(open_watched_driver(globals));
  const auto intent = TRY(intent_of(*driver, wanted));
  TRY(show_intent(intent, options.json));
  if (options.json) {
    fmt::print("{}", to_text(plan_json(intent.plan)));
  } else if (intent.plan.empty()) {
    fmt::print("nothing to do: the node is as {} wants it\n", intent.file);
  }
  if (intent.plan.empty()) return 0;
  const auto obstacle =
      partition::obstacle(intent.plan, intent.node, apply_options(globals, options));
  if (obstacle) fmt::print(stderr, "septet apply: would be refused: {}\n", obstacle->describe());
  return 2;
}

Result<int> make_it_so(const Globals& globals, const Wanted& wanted, const ChangeOptions& options) {
  auto session = TRY(begin_change(globals, options));
  const auto intent = TRY(intent_of(*session.driver, wanted));
  TRY(show_intent(intent, options.json));
  // With nothing to do, too: that this is wanted is what `apply --boot` will go by.
  const auto made = TRY(carry_out(session, "apply", intent.plan, apply_options(globals, options)));
  if (options.json) fmt::print("{}", to_text(outcome_json(intent, made)));
  if (made.outcome.end != partition::End::kDone) return std::unexpected(failed(made, intent.plan));
  const auto told = check_told(made);
  if (options.json) return told ? Result<int>(0) : std::unexpected(told.error());
  if (intent.plan.empty()) {
    fmt::print("nothing to do: the node is as {} wants it\n", intent.file);
  } else {
    fmt::print("{}", done_text(made, intent.plan));
  }
  print_node(intent, TRY(session.driver->observe()));
  if (!told) return std::unexpected(told.error());
  return 0;
}

Result<int> run_apply(const Globals& globals, const std::vector<std::string>& arguments) {
  ApplyOptions options;
  options.change.json = globals.json;
  CommandLine line("make this node look like a file: workloads, or a mig-parted config",
                   "septet apply");
  add_plan_options(line, options.input);
  add_change_options(line, options.change);
  line.flag("--boot", options.boot,
            "instead of a file: what was last applied, after a reboot or a driver reload");
  line.flag("--reboot", options.reboot,
            "with --boot: reboot, once, where a mode change cannot be had without");
  if (TRY(line.parse(arguments)).finished) return 0;
  const bool file = !options.input.file.empty() || !options.input.option.empty();
  if (options.boot && (file || options.change.dry_run)) {
    return fail(Code::kInvalidArgument,
                file ? "--boot takes no file: what is restored is what was last applied"
                     : "--boot has no dry run",
                "septet history shows what was applied");
  }
  if (options.reboot && !options.boot)
    return fail(Code::kInvalidArgument, "--reboot goes with --boot", "septet apply --help");
  if (options.boot) return restore_at_boot(globals, options.change, options.reboot);
  const auto wanted = TRY(read_wanted(options.input));
  if (options.change.dry_run) return dry_run(globals, wanted, options.change);
  return make_it_so(globals, wanted, options.change);
}

}  // namespace

extern const Verb kApply{"apply", "make this node look like a file, and show it", run_apply};

}  // namespace septet::cli
