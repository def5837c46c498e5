// plan/fleet/fleet_program.h — a fleet as a linear program, and whole numbers back as rows of
// layouts.
//
// Of demands whose replicas keep apart, rows say that the GPUs can carry them: for a set of demands
// no more of them fit than the fillings carry, each kept apart counted once a GPU. Every such
// demand alone is a row; larger sets are added as they turn out to be needed (keep_apart.h).
#pragma once

#include <memory>
#include <vector>

#include "plan/fleet/fleet.h"
#include "plan/fleet/keep_apart.h"
#include "plan/fleet/slot_worth.h"
#include "plan/linear_program.h"

namespace septet::plan {

// What may be left out, and what more has to hold.
struct ProgramTerms {
  // Empty: everything is carried (Goal::kFewestLeft: all demands are one class). By demand, its
  // class; of the first classes at most so many replicas are left out, of the next as few as can
  // be, and of the others it does not matter.
  std::vector<std::size_t> class_of_demand;
  std::vector<std::uint64_t> left_of_class;
  std::vector<std::vector<bool>> carried_together;  // sets of demands, beyond single ones
};

class FleetProgram {
 public:
  enum class Goal : std::uint8_t {
    kLeastCost,   // everything must be carried
    kFewestLeft,  // GPUs are free; what counts is the replicas left out
  };
  // `unit_cost` of each memory unit a replica takes: small enough, it only decides between plans of
  // equal cost, for the one that wastes less.
  FleetProgram(const Fleet& fleet, const FleetFillings& fillings, Goal goal, double unit_cost = 0,
               ProgramTerms terms = {});

  const LinearProgram& program() const { return program_; }
  std::vector<double> replica_prices(const Fractions& fractions) const;
  // Reads x, which must be whole numbers that keep the rows, into rows and shares; what nobody
  // asked for is left out. False: x does not keep the rows after all.
  bool read(const std::vector<double>& x, FleetPlan& plan) const;

  // For GPUs that are given to their replicas elsewhere: `parts` of a GPU each, rounded.
  std::vector<FilledGpus> filled(const std::vector<double>& x, double parts = 1) const;
  // Replicas of each demand that x carries, not more than are asked for; in parts likewise.
  std::vector<std::uint64_t> carried(const std::vector<double>& x, double parts = 1) const;

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
  void add_rows();
  void add_left(Goal goal);
  void add_sets();
  void add_shares(double unit_cost);
  void add_fillings(Goal goal);
  std::vector<Filling> useful(std::size_t pool) const;

  const Fleet& fleet_;
  const FleetFillings& fillings_;
  ProgramTerms terms_;
  LinearProgram program_;
  struct CarriedSet {
    std::vector<bool> demands;
    int row = 0;
    std::unique_ptr<SlotWorth> most;  // replicas of the set that a filling carries
  };
  std::vector<CarriedSet> sets_;
  std::vector<int> demand_row_;
  std::vector<std::vector<int>> slot_row_;  // by product and class; -1: nobody can use it
  std::vector<int> pool_row_;
  std::vector<ShareColumn> shares_;
  std::vector<FillingColumn> filled_;
};

}  // namespace septet::plan
