#include "cli/plan_inputs.h"

#include <fmt/format.h>

#include "cli/command_line.h"
#include "partition/parted_targets.h"
#include "partition/workload_file.h"

namespace septet::cli {

void add_plan_options(CommandLine& line, PlanInput& input) {
  line.option("FILE", input.file, "workloads, or a mig-parted v1 config; - is standard input");
  line.option("-f,--file", input.option, "the same");
  line.option("-c,--config", input.config, "which config of a mig-parted file");
  line.flag("--beside-running", input.beside_running,
            "instances in use belong to others: plan beside them, never count them");
  line.option("--strategy", input.strategy.name,
              "instead of a file: mixed, all-balanced, high-performance, memory-balanced, "
              "compute-balanced, or custom with --profiles");
  line.option("--profiles", input.strategy.profiles, "for --strategy custom: 3g.40gb,2g.20gb")
      .comma_separated();
}

namespace {

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

}  // namespace

Result<Wanted> read_wanted(const PlanInput& input) {
  if (!input.strategy.name.empty() || !input.strategy.profiles.empty())
    return wanted_strategy(input);
  if (input.file.empty() == input.option.empty()) {
    return fail(
        Code::kInvalidArgument, input.file.empty() ? "which file?" : "two files are named",
        "give one: a list of workloads (examples/inference-mix.yaml) or a mig-parted config");
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
  if (!partition::looks_like_workloads(document)) {
    return fail_at(document, document.root, "neither workloads nor mig-configs is in this file",
                   "begin it with \"workloads:\", or with \"version: v1\" and \"mig-configs:\"");
  }
  if (!input.config.empty()) {
    return fail(Code::kInvalidArgument,
                "-c chooses a config of a mig-parted file; this one lists workloads");
  }
  wanted.workloads = TRY(partition::read_workloads(document));
  return wanted;
}

Result<Intent> intent_of(driver::Driver& driver, const Wanted& wanted) {
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
  intent.packed = TRY(plan::plan_node(intent.node, wanted.workloads, {wanted.beside_running}));
  intent.plan = intent.packed->plan;
  return intent;
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
