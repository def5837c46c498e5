// partition/layout_targets.h — what a layout of ours means on this node.
//
// Errors. kInvalidArgument / kNotFound / kNotSupported / kInfeasible, each with its place in the
//         file: a GPU or product that is not here, a profile this GPU does not have (with the
//         nearest), a start it does not have, a GPU that two entries name, more than fits (with
//         what fits, and whose instances are in the way).
#pragma once

#include <vector>

#include "mig/node.h"
#include "partition/layout_file.h"
#include "plan/cut.h"

namespace septet::partition {

Result<std::vector<plan::GpuCut>> targets_of(const NamedLayout& layout, const mig::Node& node);

}  // namespace septet::partition
