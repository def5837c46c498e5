// cli/plan_product.h — plans for GPUs of a product that need not be there: how many it takes.
#pragma once

#include "cli/plan_inputs.h"

namespace septet::cli {

// Prints the plan; writes its certificate if `certificate` names a file (of workloads only).
Result<int> plan_for_product(const std::string& product, const Wanted& wanted,
                             const std::string& certificate, bool json);

}  // namespace septet::cli
