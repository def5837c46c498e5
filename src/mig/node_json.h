// mig/node_json.h — a snapshot as JSON for programs. Unknown is null; keys never vanish.
#pragma once

#include "base/json.h"
#include "mig/node.h"

namespace septet::mig {

Json to_json(const Node& node);
Json to_json(const Gpu& gpu);

}  // namespace septet::mig
