// partition/parted_targets.h — what a mig-parted config means on this node.
//
// Entries are taken in order and a later one replaces an earlier one for the GPUs both name. GPUs
// that no entry names are left as they are. Placements are free: instances go where they disturb
// least. Compute instances ("1c.3g.40gb": 3) share GPU instances, widest first, each into the first
// with room.
//
// Errors. kInvalidArgument / kNotFound / kNotSupported / kInfeasible with the entry's place in its
//         file.
#pragma once

#include <string>
#include <vector>

#include "mig/node.h"
#include "partition/parted_file.h"
#include "plan/cut.h"

namespace septet::partition {

// Is this GPU among the devices of the entry, and let through by its filters?
bool names(const PartedEntry& entry, const mig::Gpu& gpu);

Result<std::vector<plan::GpuCut>> targets_of(const PartedConfig& config, const mig::Node& node);

}  // namespace septet::partition
