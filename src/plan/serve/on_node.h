// plan/serve/on_node.h — measured workloads of a node's list, turned into so many of which profile.
//
// Decided as for empty GPUs of the node's most common product that was measured, together with the
// other workloads of the list; plan_node then places the outcome beside what the node holds.
// Errors. Of plan_services, for that product. kNotSupported: no GPU here is in septet's tables.
#pragma once

#include <optional>
#include <vector>

#include "mig/node.h"
#include "plan/serve/plan_services.h"

namespace septet::plan {

struct SizedForNode {
  std::vector<Workload> workloads;       // without objectives: profiles and replicas
  std::optional<ServicesPlan> services;  // nullopt: none was measured
};

Result<SizedForNode> sized_for_node(const mig::Node& node, std::vector<Workload> workloads);

}  // namespace septet::plan
