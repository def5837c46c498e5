// cli/plan_fleet.h — septet plan for a fleet: no driver is asked, nothing is compared with what is
// there.
#pragma once

#include "cli/plan_inputs.h"
#include "cli/plan_output.h"

namespace septet::cli {

// Prints the plan, or the proof that there is none and what can be carried at best; writes its
// certificate and its picture where `output` says. Exit code 0: there is a plan.
// Errors. kInfeasible: some workload fits no product, or all of it does not fit.
Result<int> plan_fleet(const Wanted& wanted, const PlanOutput& output);

}  // namespace septet::cli
