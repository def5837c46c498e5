// cli/plan_product.h — plans for GPUs of a product that need not be there: how many it takes.
#pragma once

#include "cli/plan_inputs.h"
#include "cli/plan_output.h"

namespace septet::cli {

// Prints the plan; writes its certificate (of workloads only) and its picture where `output` says.
Result<int> plan_for_product(const std::string& product, const Wanted& wanted,
                             const PlanOutput& output);

}  // namespace septet::cli
