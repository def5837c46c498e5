// cli/node_json.h — a snapshot as JSON for programs. Unknown is null; keys never vanish.
#pragma once

#include "base/json.h"
#include "mig/node.h"

namespace septet::cli {

Json to_json(const mig::Node& node);
Json to_json(const mig::Gpu& gpu);

}  // namespace septet::cli
