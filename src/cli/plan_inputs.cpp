#include "cli/plan_inputs.h"

#include <fmt/format.h>

#include "cli/command_line.h"
#include "partition/fleet_file.h"
#include "partition/layout_targets.h"
#include "partition/parted_targets.h"
#include "partition/workload_file.h"

namespace septet::cli {

void add_plan_options(CommandLine& line, PlanInput& input) {
  line.option("FILE", input.file,
              "workloads, layouts, or a mig-parted v1 config; - is standard input");
  line.option("-f,--file", input.option, "the same");
  line.option("-c,--config", input.config, "which layout or config of a file with several");
  line.flag("--beside-running", input.beside_running,
            "instances in use belong to others: plan beside them, never count them");
  line.option("--strategy", input.strategy.name,
              "instead of a file: mixed, all-balanced, high-performance, memory-balanced, "
              "compute-balanced, or custom with --profiles");
  line.option("--profiles", input.strategy.profiles, "for --strategy custom: 3g.40gb,2g.20gb")
      .comma_separated();
}

namespace {

// The GPUs in one file, the workloads in another or in the same.
Result<Wanted> read_wanted_of_fleet(const PlanInput& input) {
  Wanted wanted;
  const std::string& second = input.file.empty() ? input.option : input.file;
  const auto document = TRY(read_yaml_file(input.fleet));
  wanted.fleet = TRY(partition::read_fleet(document));
  wanted.file = second.empty() ? input.fleet : second;
  if (second.empty()) {
    wanted.workloads = TRY(partition::read_workloads(document));
  } else {
    const auto other = TRY(read_yaml_file(second));
    wanted.workloads = TRY(partition::read_workloads(other));
  }
  return wanted;
}

Result<Wanted> wanted_strategy(const PlanInput& input) {
  if (!input.file.empty() || !input.option.empty() || !input.config.empty()) {
    return fail(Code::kInvalidArgument, "a strategy and a file are named",
                "give one: --strategy, or a file");
  }
  TRY(check(input.strategy));
  Wanted wanted;
  wanted.file = "the strategy " + input.strategy.name;
  wanted.strategy = input.strategy;
  return wanted;
}

// Files that plan takes in other words than as FILE.
[[nodiscard]] std::unexpected<Error> of_another_plan(const YamlDocument& document) {
  const std::pair<const char*, std::string> known[] = {
      {"jobs",
       "jobs over time are planned by septet plan --product ID --makespan " + document.name},
      {"deployment", "from one deployment to another: septet plan --from FILE --to FILE"},
      {"fleet",
       fmt::format("what it runs on fewer GPUs: septet plan --compact {0}; workloads of another "
                   "file on it: septet plan --fleet {0} FILE",
                   document.name)}};
  if (document.root.IsMap()) {
    for (const auto& [key, remedy] : known) {
      if (const auto node = document.root[key])
        return fail_at(document, node, fmt::format("a file with \"{}:\" is not planned alone", key),
                       remedy);
    }
  }
  return fail_at(
      document, document.root, "neither workloads, gpus, layouts nor mig-configs is in this file",
      "begin it with \"workloads:\", \"gpus:\", or \"version: v1\" and \"mig-configs:\"");
}

}  // namespace

Result<Wanted> read_wanted(const PlanInput& input) {
  if (!input.fleet.empty()) return read_wanted_of_fleet(input);
  if (!input.strategy.name.empty() || !input.strategy.profiles.empty())
    return wanted_strategy(input);
  if (input.file.empty() == input.option.empty()) {
    return fail(
        Code::kInvalidArgument, input.file.empty() ? "which file?" : "two files are named",
        "give one: workloads (examples/inference-mix.yaml), layouts (examples/layouts.yaml) or a "
        "mig-parted config");
  }
  Wanted wanted;
  wanted.file = input.file.empty() ? input.option : input.file;
  wanted.beside_running = input.beside_running;
  const auto document = TRY(read_yaml_file(wanted.file));
  if (partition::looks_like_parted(document)) {
    const auto configs = TRY(partition::read_parted(document));
    wanted.config = TRY(partition::select_config(configs, input.config));
    return wanted;
  }
  if (partition::looks_like_layouts(document)) {
    const auto layouts = TRY(partition::read_layouts(document));
    wanted.layout = TRY(partition::select_layout(layouts, input.config));
    return wanted;
  }
  if (!partition::looks_like_workloads(document)) return of_another_plan(document);
  if (!input.config.empty()) {
    return fail(Code::kInvalidArgument,
                "-c chooses a layout or a mig-parted config; this file lists workloads");
  }
  if (partition::looks_like_fleet(document)) wanted.fleet = TRY(partition::read_fleet(document));
  wanted.workloads = TRY(partition::read_workloads(document));
  return wanted;
}

Result<Intent> intent_of(driver::Driver& driver, const Wanted& wanted) {
  if (wanted.fleet) {
    return fail(Code::kInvalidArgument, wanted.file + " is about a fleet, not about this node",
                "septet plan takes it; for this node give a file without \"fleet:\"");
  }
  Intent intent;
  intent.file = wanted.file;
  intent.node = TRY(driver.observe());
  if (!wanted.strategy.name.empty()) {
    intent.strategy = wanted.strategy;
    const auto targets = TRY(targets_by(wanted.strategy, intent.node, intent.kinds));
    intent.plan = plan::diff(intent.node, targets);
    return intent;
  }
  if (wanted.config) {
    intent.config = wanted.config->name;
    const auto targets = TRY(partition::targets_of(*wanted.config, intent.node));
    intent.plan = plan::diff(intent.node, targets);
    return intent;
  }
  if (wanted.layout) {
    intent.config = wanted.layout->name;
    const auto targets = TRY(partition::targets_of(*wanted.layout, intent.node));
    intent.plan = plan::diff(intent.node, targets);
    return intent;
  }
  intent.packed = TRY(plan::plan_node(intent.node, wanted.workloads, {wanted.beside_running}));
  intent.plan = intent.packed->plan;
  return intent;
}

Result<std::optional<Intent>> parse_intent(CommandLine& line, const Globals& globals,
                                           const std::vector<std::string>& arguments, bool& json) {
  PlanInput input;
  json = globals.json;
  add_plan_options(line, input);
  line.flag("--json", json, "for programs");
  if (TRY(line.parse(arguments)).finished) return std::optional<Intent>{};
  const auto wanted = TRY(read_wanted(input));
  const auto driver = TRY(open_driver(globals));
  return TRY(intent_of(*driver, wanted));
}

Error does_not_fit(const plan::NodePlan& packed) {
  unsigned asked = 0, placed = 0;
  for (std::size_t w = 0; w < packed.workloads.size(); ++w) {
    asked += packed.workloads[w].workload.replicas;
    placed += packed.packing.placed[w];
  }
  return {Code::kInfeasible, fmt::format("only {} of {} replicas fit on this node", placed, asked),
          "take replicas out, lower needs, or free GPUs; nothing was changed", 0, nullptr};
}

}  // namespace septet::cli
