// plan/fleet/fleet_reasons.h — why a fleet plan costs what it does, and what would make it cheaper.
//
// What binds is read off the counting bounds of each product: the part of what its used GPUs could
// carry that is taken. What one thing more or less would change is read off the prices (exact for
// the linear relaxation), and for a smaller profile the relaxation is solved again with it allowed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/fleet/fleet.h"

namespace septet::plan {

struct Binding {
  std::size_t product = 0;
  std::string what;  // "memory units, 8 a GPU"
  double taken = 0;  // of what the used GPUs have, 0 to 1
};

struct SmallerProfile {
  std::size_t demand = 0;
  FleetChoice choice;   // the next smaller profile that was refused
  std::string refused;  // "has 9.75 GiB, needs 12 GiB"
  double saving = 0;    // thousandths, by the linear relaxation, for all replicas together
};

struct FleetReasons {
  std::vector<Binding> binding;         // by product, the tightest of each; unused ones left out
  std::vector<double> replica_price;    // by demand, thousandths: what one more would cost
  std::vector<double> gpu_worth;        // by pool, thousandths: what one GPU more would save
  std::vector<SmallerProfile> smaller;  // most saving first
};

// `tried` of the dearest demands are tried with a smaller profile: one linear program each.
FleetReasons reasons_of(const Fleet& fleet, const FleetPlan& plan, unsigned tried);

}  // namespace septet::plan
