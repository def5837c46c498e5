// cli/plan_transition.h — from one deployment to another: septet plan --from A --to B.
#pragma once

#include <cstdint>
#include <string>

#include "cli/plan_output.h"

namespace septet::cli {

struct TransitionInput {
  std::string from, to;  // files
  std::string layouts;   // empty: none; else a file to be written, for apply
  std::uint32_t spares = 0;
  bool any_gpu = false;  // of the right product may take what --to gives to one
};

// 0: nothing to do; 2: steps to take.
Result<int> plan_transition(const TransitionInput& input, const PlanOutput& output);

}  // namespace septet::cli
