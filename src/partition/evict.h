// partition/evict.h — ends the processes inside an instance that was named with force.
//
// Asked to end (SIGTERM), given time, then killed (SIGKILL). The driver never destroys what a
// process holds, so this is what "force" comes down to.
// Errors. kNoPermission: not ours to end. Whether the instance is free afterwards is for the caller
//         to ask the driver. A process that is gone already is a success.
#pragma once

#include <functional>
#include <vector>

#include "mig/node.h"
#include "partition/patience.h"

namespace septet::partition {

using Evict = std::function<Result<>(const std::vector<mig::Process>&, const Patience&)>;

Result<> evict(const std::vector<mig::Process>& processes, const Patience& patience);

}  // namespace septet::partition
