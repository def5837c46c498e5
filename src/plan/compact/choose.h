// plan/compact/choose.h — one reshape for every GPU, at the least cost, with a bound that nothing
// beats.
//
// Model. x(source, reshape) whole numbers of GPUs; per source they add up to its GPUs; the slots of
//        each class are at least what is asked for; GPUs in use are at most a limit. This is the
//        flow from layouts to layouts, with the targets free: its linear relaxation is the flow
//        bound on moved memory.
// Proof. Prices per slot and per GPU, snapped to fractions; any prices >= 0 prove
//        cost >= prices * slots asked for - GPU price * limit + what each GPU at least costs at
//        these prices, added up in whole numbers.
// How.   The relaxation is solved over the few columns that matter (relaxed_choice.h); of its
//        solutions, one with few slots that wait for something to leave. A basic solution of the
//        relaxation is fractional for at most as many sources as there are classes, and one more,
//        whatever the number of GPUs. The rest is kept; those sources and some GPUs of others go to
//        branch and bound.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "plan/compact/reshapes.h"

namespace septet::plan {

// GPUs of which each can be made any of the reshapes.
struct ReshapeSource {
  std::uint64_t gpus = 0;
  std::vector<Reshape> reshapes;
};

enum class ReshapeGoal : std::uint8_t { kFewestUsed, kLeastMoved };

struct ReshapeProblem {
  std::vector<ReshapeSource> sources;
  std::vector<std::uint64_t> slots;  // asked for, by class
  ReshapeGoal goal = ReshapeGoal::kLeastMoved;
  std::optional<std::uint64_t> most_used;  // GPUs
};

struct ReshapeChoice {
  bool found = false;
  std::vector<std::vector<std::uint64_t>> gpus;  // by source and reshape
  std::uint64_t cost = 0;                        // GPUs in use, or memory units moved
  std::uint64_t bound = 0;                       // no choice costs less
  bool searched_all = false;                     // the library says that nothing better exists
};

// solver_ready() (plan/linear_program.h) must have succeeded.
ReshapeChoice choose_reshapes(const ReshapeProblem& problem);

}  // namespace septet::plan
