// lab/sharing/instance_size.h — the smallest instance that meets a tenant's objective at its load.
//
// The tenant's own arrivals go through one queue with the time that the profile takes while all
// other slices are busy (Lindley's recursion): what MIG's isolation makes exact but for PCIe.
#pragma once

#include <vector>

#include "lab/sharing/seats.h"

namespace septet::lab::sharing {

// Plain profiles (no media or graphics variants) with known SMs, smallest first: memory units, then
// slices.
std::vector<const mig::GpuInstanceProfile*> plain_profiles(const GpuModel& gpu);

struct Estimate {
  bool fits = false;   // in memory
  bool meets = false;  // the objective; without one: keeps up
  double p99 = 0;      // seconds
  double load = 0;     // share of time in which the instance is busy
};
Estimate estimate_in(const Scenario& scenario, const Client& client,
                     const mig::GpuInstanceProfile& profile);

struct Choice {
  const mig::GpuInstanceProfile* profile = nullptr;  // nullptr: no profile has the memory
  bool meets = false;
  bool given = false;  // the tenant named it
};
// kInvalidArgument: the tenant names a profile that the GPU does not have.
Result<Choice> choose_size(const Scenario& scenario, const Client& client);

}  // namespace septet::lab::sharing
