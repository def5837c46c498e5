// cli/product_record.h — what a driver says about a board, as a product file of our format.
//
// Only what the driver answered is recorded. Values that no driver tells, or not now (compute
// profiles outside a live GPU instance), come from the tables with the tables' confidence, or stay
// unknown. A simulated node's answers are the tables' values and keep their confidence: a recording
// of it proves nothing about hardware and says so.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "mig/node.h"

namespace septet::cli {

// GPUs that answer alike: one product file each. The first GPU of each board, in driver order.
std::vector<const mig::Gpu*> distinct_boards(const mig::Node& node);

// The product's id in the tables, or one made of the board's name: "nvidia-x900" -> "x900".
std::string record_id(const mig::Gpu& gpu);

// The file's text. `id` must be the file's name without .yaml. kNotSupported when the GPU cannot be
// cut, kNoPermission when the driver keeps placements to itself.
Result<std::string> record_product(const mig::Node& node, const mig::Gpu& gpu,
                                   const std::string& id);

}  // namespace septet::cli
