// watch/testing/node_of.h — for tests: a node in the words of partition/testing/change_case.h.
#pragma once

#include <string>
#include <vector>

#include "partition/testing/change_case.h"

namespace septet::watch::testing {

namespace sim = driver::simulated;

// One H100 80GB per text: "3g.40gb@0 !1g.10gb@6", "off".
inline sim::NodeState state_of(const std::vector<const char*>& gpus) {
  partition::testing::ChangeCase start{"", {}, gpus, {}};
  start.products.assign(gpus.size(), "h100-sxm5-80gb");
  return partition::testing::start_of(start);
}

inline mig::Node node_of(const sim::NodeState& state) {
  mig::Node node;
  for (std::uint32_t gpu = 0; gpu < state.gpu_count; ++gpu)
    node.gpus.push_back(sim::describe_gpu(state, gpu));
  return node;
}
inline mig::Node node_of(const std::vector<const char*>& gpus) { return node_of(state_of(gpus)); }

inline std::string uuid_at(const mig::Node& node, std::uint32_t gpu, unsigned start) {
  for (const mig::GpuInstance& instance : node.gpus.at(gpu).instances) {
    if (instance.at.start == start) return instance.compute.at(0).uuid;
  }
  return "none";
}

}  // namespace septet::watch::testing
