// partition/parted_export.h — this node as `nvidia-mig-parted export` says it.
//
// GPUs cut alike are one entry; with more than one kind of GPU on the node an entry names its kinds
// (device-filter), and "all" means all of those kinds. GPUs that cannot be cut count as not
// enabled. Profiles that mig-parted's grammar cannot say are left out: see Exported::losses.
#pragma once

#include <string>

#include "partition/parted_targets.h"

namespace septet::partition {

// kUnavailable when a GPU's state is unknown: an export without it would be wrong.
Result<Exported> export_as_parted(const mig::Node& node, std::string name);

}  // namespace septet::partition
