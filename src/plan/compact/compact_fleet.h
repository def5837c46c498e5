// plan/compact/compact_fleet.h — compaction of a fleet of several products: one for each, because
// an instance has no counterpart on another product.
#pragma once

#include <vector>

#include "plan/compact/compact.h"
#include "plan/fleet/fleet.h"

namespace septet::plan {

struct ProductCompaction {
  std::size_t product = 0;         // into Fleet::products
  std::vector<std::size_t> pools;  // the groups of `answer`, as pools of the fleet
  Compaction answer;
};

// By product. Costs and demands are not looked at. solver_ready() (plan/linear_program.h) must have
// succeeded.
std::vector<ProductCompaction> compact_fleet(const Fleet& fleet);

}  // namespace septet::plan
