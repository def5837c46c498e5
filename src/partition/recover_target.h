// partition/recover_target.h — where a GPU of a cut-short change may be led, hurting nobody.
//
// Pure. See recover.h for the rule.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/cut.h"

namespace septet::partition {

struct RecoverTarget {
  plan::GpuCut to;
  std::vector<std::string> notes;   // "GPU 0: 1g.10gb@6 is somebody else's and stays"
  std::optional<Error> impossible;  // what is somebody else's stands in its place
};

// `aim` is the change's start or its target, `other` the other of the two, `now` the GPU.
RecoverTarget recover_target(const plan::GpuCut& now, const plan::GpuCut& aim,
                             const plan::GpuCut& other, bool booted_since);

}  // namespace septet::partition
