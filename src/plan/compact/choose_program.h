// plan/compact/choose_program.h — the choice of reshapes as a linear program, all of it or what is
// left when some GPUs are settled.
#pragma once

#include <functional>
#include <vector>

#include "plan/compact/choose.h"
#include "plan/linear_program.h"

namespace septet::plan {

using GpusByReshape = std::vector<std::vector<std::uint64_t>>;  // by source and reshape

std::uint64_t cost_of(const Reshape& reshape, ReshapeGoal goal);
std::uint64_t cost_of(const ReshapeProblem& problem, const GpusByReshape& gpus);
// In whole numbers: all GPUs are there, the slots suffice, the limit is kept.
bool keeps(const ReshapeProblem& problem, const GpusByReshape& gpus);

class ChooseProgram {
 public:
  using Use = std::function<bool(std::size_t source, std::size_t reshape)>;
  // `settled` GPUs are taken as they are. `waiting_cost` is what a slot costs that must wait for
  // something to leave: small enough, it only decides between choices of equal cost.
  ChooseProgram(const ReshapeProblem& problem, const GpusByReshape& settled, const Use& use,
                double waiting_cost);

  const LinearProgram& program() const { return program_; }
  // Adds to `gpus` what x says, rounded.
  void add(const std::vector<double>& x, GpusByReshape& gpus) const;
  std::vector<std::vector<double>> shares(const std::vector<double>& x) const;
  std::vector<double> slot_prices(const Fractions& fractions) const;  // by class, never negative
  double gpu_price(const Fractions& fractions) const;
  // What a reshape costs beyond what it is worth at these prices: 0 for the best of its source.
  std::vector<std::vector<double>> reduced_costs(const Fractions& fractions) const;

 private:
  struct Column {
    std::size_t source = 0, reshape = 0;
    double cost = 0;
  };
  void add_rows(const GpusByReshape& settled);
  void add_column(std::size_t source, std::size_t reshape, double waiting_cost);

  const ReshapeProblem& problem_;
  LinearProgram program_;
  std::vector<int> source_row_;  // -1: all of its GPUs are settled
  std::vector<int> slot_row_;
  int used_row_ = -1;
  std::vector<Column> columns_;
};

}  // namespace septet::plan
