#include "cli/plan_options.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/command_line.h"

namespace septet::cli {

namespace {

void add_transition_options(CommandLine& line, TransitionInput& transition) {
  const auto from = line.option("--from", transition.from,
                                "from the deployment in this file (what runs where) to that of "
                                "--to, no service below its floor; asks no driver");
  line.option("--to", transition.to, "the deployment to come to").needs(from);
  line.option("--spare", transition.spares,
              "so many empty GPUs more may be used in between, of the product of the first")
      .needs(from);
  line.flag("--any-gpu", transition.any_gpu,
            "what --to gives to a GPU may go to any of its product: as much stays as can")
      .needs(from);
  line.option("--layouts", transition.layouts,
              "write the cuts there for septet apply FILE -c step-1, step-2, ...; the GPUs listed "
              "are those of its node, from 0")
      .needs(from);
}

}  // namespace

void add_options(CommandLine& line, PlanOptions& options) {
  add_plan_options(line, options.input);
  line.option("--fleet", options.input.fleet,
              "plan for the GPUs that this file lists (fleet: ...), not for this node's; its "
              "workloads or FILE's. Exit 0 there is a plan, 3 it does not fit");
  line.option("--certificate", options.output.certificate,
              "of a fleet, or of workloads for --product: write the plan with its proof there, for "
              "septet verify");
  line.option(
      "--compact", options.compact,
      "gather what the fleet in this file runs on the fewest GPUs, moving the least memory; "
      "holds: stays, runs: may move");
  line.option("--product", options.product,
              "for GPUs of this product, however many; asks no driver");
  add_transition_options(line, options.transition);
  line.option("--makespan", options.makespan,
              "jobs that are to be over soon (examples/jobs.yaml): which runs when, in which "
              "instance of one GPU of --product");
  line.option("--svg", options.output.svg,
              "draw the layouts, before and after, and the steps there");
  line.flag("--json", options.output.json, "for programs");
}

Result<> takes_only(const PlanOptions& options, std::string_view form,
                    const std::vector<std::string_view>& allowed, std::string_view usage) {
  const PlanInput& input = options.input;
  const std::pair<std::string_view, const std::string*> given[] = {
      {"FILE", &input.file},
      {"-f", &input.option},
      {"-c", &input.config},
      {"--fleet", &input.fleet},
      {"--strategy", &input.strategy.name},
      {"--product", &options.product},
      {"--certificate", &options.output.certificate},
      {"--svg", &options.output.svg},
      {"--compact", &options.compact},
      {"--makespan", &options.makespan},
      {"--from", &options.transition.from}};
  for (const auto& [name, value] : given) {
    if (value->empty() || name == form || std::ranges::find(allowed, name) != allowed.end())
      continue;
    return fail(Code::kInvalidArgument,
                fmt::format("{} plans by itself: {} {} is too much", form, name, *value),
                std::string(usage));
  }
  return {};
}

}  // namespace septet::cli
