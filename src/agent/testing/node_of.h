// agent/testing/node_of.h — for tests: a node in the words of partition/testing/change_case.h, and
// objects of the API in one line.
#pragma once

#include <string>
#include <vector>

#include "agent/wanted_layout.h"
#include "base/json.h"
#include "partition/testing/change_case.h"

namespace septet::agent::testing {

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

inline Json mig_layout(const std::string& name, const Json& spec, int generation = 1) {
  return {{"apiVersion", "septet.dev/v1alpha1"},
          {"kind", "MigLayout"},
          {"metadata",
           {{"name", name}, {"namespace", "ns"}, {"uid", "u-" + name}, {"generation", generation}}},
          {"spec", spec}};
}

inline Result<std::vector<partition::PartedConfig>> no_configs() {
  return fail(Code::kNotFound, "no configs here");
}

// The request for `spec` on node "n1".
inline Request request_for(Json spec, int generation = 1) {
  spec["nodeName"] = "n1";
  const Choice choice = choose_layout({mig_layout("day", spec, generation)}, "n1", {}, no_configs);
  EXPECT_TRUE(choice.request) << (choice.layouts.at(0).problem
                                      ? choice.layouts.at(0).problem->describe()
                                      : "no request");
  return *choice.request;
}

inline std::string uuid_at(const mig::Node& node, std::uint32_t gpu, unsigned start) {
  for (const mig::GpuInstance& instance : node.gpus.at(gpu).instances) {
    if (instance.at.start == start) return instance.compute.at(0).uuid;
  }
  return "none";
}

}  // namespace septet::agent::testing
