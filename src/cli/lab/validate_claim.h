// cli/lab/validate_claim.h — "below 30 % on whole GPUs, above 70 % with MIG", row by row, with the
// definition of what is counted and the rows against it.
#pragma once

#include <span>
#include <string>

#include "base/json.h"
#include "lab/evidence/utilization_claim.h"

namespace septet::cli::validating {

// `all`: every workload and batch; otherwise those with the smallest batch and the telling ones.
std::string claim_text(std::span<const lab::evidence::ClaimRow> rows, bool all);
Json claim_json(std::span<const lab::evidence::ClaimRow> rows);

}  // namespace septet::cli::validating
