// cli/plan_fleet.h — septet plan for a fleet: no driver is asked, nothing is compared with what is
// there.
#pragma once

#include <string>

#include "cli/plan_inputs.h"

namespace septet::cli {

// Prints the plan; writes its certificate if `certificate` names a file, its picture if `svg` does.
// Exit code 0: there is a plan.
// Errors. kInfeasible: some workload fits no product, or all of it does not fit.
Result<int> plan_fleet(const Wanted& wanted, const std::string& certificate, const std::string& svg,
                       bool json);

}  // namespace septet::cli
