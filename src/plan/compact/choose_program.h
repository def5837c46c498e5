// plan/compact/choose_program.h — the choice of reshapes as a linear program, all of it or what is
// left when some GPUs are settled.
//
// Shapes. Every GPU begins as the cheapest reshape of its source; a column says of how many GPUs it
//         is another instead. So a source of two reshapes is one column and no row, and the solver
//         begins with what only lacks slots.
#pragma once

#include <vector>

#include "plan/compact/choose.h"
#include "plan/linear_program.h"

namespace septet::plan {

using GpusByReshape = std::vector<std::vector<std::uint64_t>>;  // by source and reshape

using ChosenReshapes = std::vector<std::vector<bool>>;  // likewise

struct ReshapePrices {
  std::vector<double> slot;  // by class, never negative
  double gpu = 0;            // that is used, never negative
};

GpusByReshape nothing_settled(const ReshapeProblem& problem);
ChosenReshapes every_reshape(const ReshapeProblem& problem);
// The GPUs of sources of which one reshape alone is chosen.
GpusByReshape the_only_ones(const ReshapeProblem& problem, const ChosenReshapes& chosen);

std::uint64_t cost_of(const Reshape& reshape, ReshapeGoal goal);
std::uint64_t cost_of(const ReshapeProblem& problem, const GpusByReshape& gpus);
// In whole numbers: all GPUs are there, the slots suffice, the limit is kept.
bool keeps(const ReshapeProblem& problem, const GpusByReshape& gpus);

class ChooseProgram {
 public:
  // `settled` GPUs are taken as they are, the others become one of the chosen reshapes.
  // `waiting_cost` is what a slot costs that must wait for something to leave: small enough, it
  // only decides between choices of equal cost.
  ChooseProgram(const ReshapeProblem& problem, const GpusByReshape& settled,
                const ChosenReshapes& chosen, double waiting_cost);

  const LinearProgram& program() const { return program_; }
  // Adds to `gpus` what x says, rounded.
  void add(const std::vector<double>& x, GpusByReshape& gpus) const;
  // What x says, with what is settled.
  std::vector<std::vector<double>> shares(const std::vector<double>& x,
                                          const GpusByReshape& settled) const;
  ReshapePrices prices(const Fractions& fractions) const;

 private:
  struct Column {
    std::size_t source = 0, reshape = 0;
  };
  // The GPUs of a source that are not settled.
  struct Rest {
    std::uint64_t gpus = 0;
    std::size_t begins_as = 0;
  };
  double price_of(const Reshape& reshape) const;
  Rest rest_of(std::size_t source, const GpusByReshape& settled, const std::vector<bool>& chosen);
  void add_rows(const GpusByReshape& begin);
  void add_source(std::size_t source, const std::vector<bool>& chosen);
  void add_column(std::size_t source, std::size_t reshape, int source_row);

  const ReshapeProblem& problem_;
  const double waiting_cost_;
  LinearProgram program_;
  std::vector<Rest> rests_;  // by source
  std::vector<int> slot_row_;
  int used_row_ = -1;
  std::vector<Column> columns_;
};

}  // namespace septet::plan
