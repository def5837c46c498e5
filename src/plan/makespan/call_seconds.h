// plan/makespan/call_seconds.h — how long the driver takes to create and destroy an instance.
//
// Source. Measured by FAR's authors on A30, A100 and H100 per number of slices (create, destroy):
//         github.com/artecs-group/RL_MIG_scheduler (MIT), visual_scheduler; also in
//         mig_instance_create_destroy_seconds.csv of our reference data. Nothing is known for other
//         chips. A double-memory 1g is taken to cost what a 1g does.
#pragma once

#include <optional>
#include <string_view>

#include "plan/makespan/problem.h"

namespace septet::plan {

// nullopt: nobody measured this product's chip.
std::optional<CallCosts> measured_call_costs(const mig::Product& product);

}  // namespace septet::plan
