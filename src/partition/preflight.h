// partition/preflight.h — everything that can be known before the first step is taken.
//
// The GPUs answer and are what the plan started from, the target is one they can take, nobody is in
// the way but whom force names, and resets are allowed.
// Errors. kConflict (plan again), kInvalidArgument, kInfeasible, kNotSupported, kNotFound, kBusy,
//         kNeedsReset, kUnavailable. Nothing was changed.
#pragma once

#include "partition/apply.h"
#include "partition/force.h"

namespace septet::partition {

Result<Force> preflight(const plan::Plan& plan, driver::Driver& driver,
                        const ApplyOptions& options);

}  // namespace septet::partition
