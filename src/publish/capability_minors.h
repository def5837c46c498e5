// publish/capability_minors.h — which file of /dev/nvidia-caps opens which slice.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "mig/node.h"

namespace septet::publish {

// Minor of /dev/nvidia-caps for "gpu0/gi1/access", "gpu0/gi1/ci0/access", "config", "monitor".
using CapabilityMinors = std::map<std::string, unsigned>;
// The text of /proc/driver/nvidia-caps/mig-minors. kInvalidArgument: a line is not "NAME NUMBER".
Result<CapabilityMinors> parse_capability_minors(std::string_view text);
// Of the slices that a simulated node has: what its driver's own table says of them.
CapabilityMinors simulated_capability_minors(const mig::Node& node);

}  // namespace septet::publish
