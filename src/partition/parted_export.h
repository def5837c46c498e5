// partition/parted_export.h — this node as a mig-parted config, as mig-parted's own export says it.
//
// GPUs cut alike are one entry; with more than one kind of GPU on the node an entry names its kinds
// (device-filter), and "all" means all of those kinds. GPUs that cannot be cut count as not
// enabled.
#pragma once

#include <string>
#include <vector>

#include "mig/node.h"
#include "partition/parted_file.h"

namespace septet::partition {

struct Exported {
  PartedConfig config;
  // What the grammar cannot say: "GPU 2: 3g.40gb at 4 holds no compute instance"
  std::vector<std::string> losses;
};
// kUnavailable when a GPU's state is unknown: an export without it would be wrong.
Result<Exported> export_node(const mig::Node& node, std::string name);

}  // namespace septet::partition
