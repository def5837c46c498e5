// plan/fleet/fleet_program.h — a fleet as a linear program, and whole numbers back as rows of
// layouts.
#pragma once

#include <vector>

#include "plan/fleet/fleet.h"
#include "plan/fleet/price_bound.h"
#include "plan/linear_program.h"

namespace septet::plan {

class FleetProgram {
 public:
  enum class Goal : std::uint8_t {
    kLeastCost,   // everything must be carried
    kFewestLeft,  // GPUs are free; what counts is the replicas left over
  };
  // `unit_cost` of each memory unit a replica takes: small enough, it only decides between plans of
  // equal cost, for the one that wastes less.
  FleetProgram(const Fleet& fleet, const FleetFillings& fillings, Goal goal, double unit_cost = 0);

  const LinearProgram& program() const { return program_; }
  std::vector<double> replica_prices(const Fractions& fractions) const;
  // Reads x, which must be whole numbers that keep the rows, into rows and shares; what nobody
  // asked for is left out. False: x does not keep the rows after all.
  bool read(const std::vector<double>& x, FleetPlan& plan) const;

 private:
  struct ShareColumn {
    FleetShare share;  // replicas 0
    std::size_t slot_class = 0;
    int column = 0;
  };
  struct FillingColumn {
    std::size_t pool = 0;
    Filling filling;
    int column = 0;
  };
  void add_rows(Goal goal);
  void add_shares(double unit_cost);
  void add_fillings(Goal goal);
  std::vector<Filling> useful(std::size_t pool) const;

  const Fleet& fleet_;
  const FleetFillings& fillings_;
  LinearProgram program_;
  std::vector<int> demand_row_;
  std::vector<std::vector<int>> slot_row_;  // by product and class; -1: nobody can use it
  std::vector<int> pool_row_;
  std::vector<ShareColumn> shares_;
  std::vector<FillingColumn> filled_;
};

}  // namespace septet::plan
