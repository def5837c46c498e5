// partition/generate_config.h — the named configs that the GPUs of this node can take.
//
//   all-disabled, all-enabled
//   all-PROFILE      as many of one profile as a GPU holds ("+" written ".": all-1g.10gb.me)
//   all-balanced     of seven slices 2x 1g, 1x 2g, 1x 3g; of four slices 2x 1g, 1x 2g
// Profiles are the driver's own; how many fit is found out from the geometry, never taken from a
// table of names. Entries carry device filters only where the node has GPUs of several kinds.
//
// Errors. kUnavailable: a GPU's state or its profiles are unknown. kNotSupported: no GPU can be
// cut.
#pragma once

#include <vector>

#include "mig/node.h"
#include "partition/parted_file.h"

namespace septet::partition {

Result<std::vector<PartedConfig>> generate_configs(const mig::Node& node);  // by name

}  // namespace septet::partition
