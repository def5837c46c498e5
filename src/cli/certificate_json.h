// cli/certificate_json.h — a fleet plan with its proof as the document that septet verify reads
// (verify/certificate.h has the form).
#pragma once

#include "base/json.h"
#include "plan/fleet/fleet.h"

namespace septet::cli {

// Its members layouts and placed, of any plan that has rows.
Json placement_json(const plan::Fleet& fleet, const plan::FleetPlan& plan);
// Of a plan that fits or is proved impossible; anything else has nothing to certify.
Json certificate_json(const plan::Fleet& fleet, const plan::FleetPlan& plan);
// {memory_bytes, compute_percent, ...}: what the workload says of these.
Json json_of_needs(const plan::Workload& workload);

}  // namespace septet::cli
