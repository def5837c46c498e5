// agent/wanted_layout.h — which layout the cluster asks this node for.
//
// Asked by a MigLayout that names the node (or, if none does, one whose selector matches its
// labels), else by the label nvidia.com/mig.config of mig-manager's protocol. Two MigLayouts of the
// same rank are a mistake that is told on both and followed by nobody.
// Shapes. MigLayouts and the node as JSON objects of the API.
// Errors. Of a single object: in the answer, with the key's place in the object.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/json.h"
#include "mig/node.h"
#include "partition/layout_file.h"
#include "partition/parted_file.h"
#include "plan/cut.h"

namespace septet::agent {

using NodeLabels = std::map<std::string, std::string>;
inline constexpr const char* kConfigLabel = "nvidia.com/mig.config";

struct Request {
  bool by_label = false;
  std::string name_space, name;  // of the MigLayout; by label: name is the label's value
  std::string uid;
  std::int64_t generation = 0;
  std::variant<partition::NamedLayout, partition::PartedConfig> layout;

  // Another key: another request, or the same changed.
  std::string key() const;
  std::string title()
      const;  // "MigLayout septet-system/day", "label nvidia.com/mig.config=all-1g.10gb"
};

// A MigLayout that concerns this node and what it got: the request, or why not.
struct Concerned {
  std::string name_space, name;
  std::int64_t generation = 0;
  std::optional<Error> problem;  // kConflict: another one governs, or two quarrel
};

struct Choice {
  std::optional<Request> request;
  std::vector<Concerned> layouts;      // every MigLayout that matches this node
  std::string label;                   // value of the label; empty: not asked
  std::optional<Error> label_problem;  // not in the configs, or a MigLayout governs
};

// The configs a label may name; asked only when there is one.
using Configs = std::function<Result<std::vector<partition::PartedConfig>>()>;
Choice choose_layout(const std::vector<Json>& mig_layouts, const std::string& node_name,
                     const NodeLabels& labels, const Configs& configs);

Result<std::vector<plan::GpuCut>> targets_of(const Request& request, const mig::Node& node);

}  // namespace septet::agent
