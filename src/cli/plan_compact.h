// cli/plan_compact.h — septet plan --compact: what a fleet runs, on fewer GPUs; no driver is asked.
#pragma once

#include <string>

#include "base/result.h"

namespace septet::cli {

// Prints the plan. Exit code 0: no GPU can be saved, 2: some can, by these moves.
Result<int> plan_compact(const std::string& file, bool json);

}  // namespace septet::cli
