// plan/fleet/solve_program.h — a fleet's program solved, in fractions and in whole numbers, so that
// replicas that keep apart do find their GPUs.
//
// Where no replicas keep apart that is one call of the library. Where some do, the answer's GPUs
// are given to the replicas (keep_apart.h); demands that find no place together become a row, and
// the program is solved again.
// Limits. 40 rounds; then the fractions are still a true bound, and no whole numbers were found.
#pragma once

#include <vector>

#include "plan/fleet/fleet_program.h"

namespace septet::plan {

struct FleetFractions {
  Outcome outcome = Outcome::kStopped;
  double value = 0;
  std::vector<double> replica_prices;
};

struct FleetWholeNumbers {
  Outcome outcome = Outcome::kStopped;
  bool found = false;  // `plan` has rows, shares and cost
  double least = 0;    // as WholeNumbers has it
};

// A fleet, what it can be filled with, and the terms; sets of demands are added to them.
class FleetProgramSolver {
 public:
  FleetProgramSolver(const Fleet& fleet, const FleetFillings& fillings, ProgramTerms terms = {})
      : fleet_(fleet), fillings_(fillings), terms_(std::move(terms)) {}

  FleetFractions fractions(FleetProgram::Goal goal);
  FleetWholeNumbers whole_numbers(FleetProgram::Goal goal, double unit_cost,
                                  const WholeLimits& limits, FleetPlan& plan);
  ProgramTerms& terms() { return terms_; }
  std::size_t sets() const { return terms_.carried_together.size(); }

 private:
  bool add_set(std::vector<bool> demands);

  const Fleet& fleet_;
  const FleetFillings& fillings_;
  ProgramTerms terms_;
};

}  // namespace septet::plan
