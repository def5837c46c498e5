// plan/fleet/keep_apart.h — can these GPUs carry these replicas when some must not share a GPU, and
// which runs where?
//
// A flow from the demands through the GPUs that are filled alike into their slots: of a demand
// whose replicas keep apart at most one goes to each GPU. A flow in whole numbers can be divided
// among the alike GPUs, also in whole numbers (the matrix of a flow is totally unimodular); that is
// done by taking one GPU's part as often as the rest can still be divided. Where not all have a
// place, the minimum cut names demands that are more than these GPUs can carry together: a row for
// the configuration program (fleet_program.h), of which there are finitely many.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/fleet/price_bound.h"

namespace septet::plan {

struct FilledGpus {
  std::size_t pool = 0;
  const Filling* filling = nullptr;
  std::uint64_t gpus = 0;
};

struct KeptApart {
  std::vector<FleetRow> rows;  // with `carries`
  std::vector<FleetShare> shares;
  std::vector<bool> too_many;  // by demand; not empty: these together find no place, and no rows
};

// `wanted` by demand. Instances that nobody needs are left out of the rows.
KeptApart keep_apart(const Fleet& fleet, const FleetFillings& fillings,
                     const std::vector<FilledGpus>& gpus, const std::vector<std::uint64_t>& wanted);

}  // namespace septet::plan
