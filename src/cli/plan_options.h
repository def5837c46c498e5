// cli/plan_options.h — the words of septet plan, and which of its plans take which.
//
// Errors. takes_only: kInvalidArgument, naming the option that does not belong.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/plan_inputs.h"
#include "cli/plan_output.h"
#include "cli/plan_transition.h"

namespace septet::cli {

struct PlanOptions {
  PlanInput input;
  PlanOutput output;
  std::string product, compact, makespan;
  TransitionInput transition;
};
void add_options(CommandLine& line, PlanOptions& options);

// For a plan that is made by itself (`form`: "--compact"): of the other options only `allowed` may
// be given. `usage` is what to write instead.
Result<> takes_only(const PlanOptions& options, std::string_view form,
                    const std::vector<std::string_view>& allowed, std::string_view usage);

}  // namespace septet::cli
