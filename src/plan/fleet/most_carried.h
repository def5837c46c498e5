// plan/fleet/most_carried.h — of a fleet that is too small: what of the workloads it carries at
// best.
//
// Workloads of one priority are a class and count alike. As many replicas of the highest class as
// can be are carried; of all ways to do that, one that carries most of the next class; and so on;
// at last the cheapest of those. Class by class the configuration program is solved with what the
// higher ones leave out fixed (fleet_program.h).
// The proof of a class: prices for its replicas (at most 1 each) and those of the higher ones. All
// of them are worth more than all GPUs together by so much; higher replicas that are left out pay
// for some of it; the rest has to be left out of this class. In whole numbers, as everywhere.
// Limits. The 64th class and those below it count as one. Where `proved` is less than what is left
//         out, a little more might be carried.
#pragma once

#include <optional>
#include <vector>

#include "plan/fleet/fleet.h"

namespace septet::plan {

struct CarriedClass {
  int priority = 0;  // of the highest in it
  std::uint64_t asked = 0, left = 0;
  std::uint64_t proved = 0;  // no plan that carries as much of the higher ones leaves out fewer
};

struct MostCarried {
  FleetPlan plan;                      // rows, shares and cost; no bound
  std::vector<std::uint64_t> carried;  // by demand
  std::vector<CarriedClass> classes;   // highest first
  bool proved() const;                 // of every class
};

// solver_ready() must have succeeded. nullopt: the solver found no whole numbers.
std::optional<MostCarried> most_carried(const Fleet& fleet);

}  // namespace septet::plan
