// cli/plan_makespan.h — jobs on one GPU of a product: the schedule that is over first, as text and
// data.
#pragma once

#include <string>

#include "base/result.h"

namespace septet::cli {

// Reads FILE (partition/job_file.h), plans, prints; returns the exit code.
Result<int> plan_makespan(const std::string& product, const std::string& file, bool json);

}  // namespace septet::cli
