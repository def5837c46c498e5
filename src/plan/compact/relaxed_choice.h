// plan/compact/relaxed_choice.h — the choice of reshapes when GPUs may be split: what slots and
// GPUs are worth then.
//
// How.    A large fleet has tens of thousands of (holding, reshape) columns and thousands of
//         holdings, but a handful of prices. Rough prices first, from a program of a few dozen
//         rows: holdings are thrown into a few lots, and every round each lot offers its best
//         reshapes at the prices so far. Then the program over those columns that are nearly best
//         at these prices; columns that are better at its prices than what it had are added until
//         there are none. That is the relaxation's optimum, with all columns.
//         A slot that must wait for something to leave costs a little, so that of solutions that
//         move equally little one with few of them is found.
// Limits. Floating point. What is proved with the prices is proved elsewhere (choose.h).
#pragma once

#include <vector>

#include "plan/compact/choose_program.h"

namespace septet::plan {

struct RelaxedChoice {
  bool found = false;
  ReshapePrices prices;
  std::vector<std::vector<double>> shares;  // GPUs, by source and reshape
  // Likewise: what it costs beyond what it is worth, more than the best of its source.
  std::vector<std::vector<double>> beyond_best;
};

// solver_ready() (plan/linear_program.h) must have succeeded.
RelaxedChoice relaxed_choice(const ReshapeProblem& problem, double waiting_cost);

}  // namespace septet::plan
