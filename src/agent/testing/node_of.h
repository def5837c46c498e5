// agent/testing/node_of.h — for tests: a node in words (watch/testing), and objects of the API in
// one line.
#pragma once

#include <string>
#include <vector>

#include "agent/wanted_layout.h"
#include "base/json.h"
#include "watch/testing/node_of.h"

namespace septet::agent::testing {

namespace sim = driver::simulated;

using watch::testing::node_of;
using watch::testing::state_of;
using watch::testing::uuid_at;

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

}  // namespace septet::agent::testing
