// cli/plan_product.h — plans for GPUs of a product that need not be there: how many it takes.
#pragma once

#include "cli/plan_inputs.h"

namespace septet::cli {

Result<int> plan_for_product(const std::string& product, const Wanted& wanted, bool json);

}  // namespace septet::cli
