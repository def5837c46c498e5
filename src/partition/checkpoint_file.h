// partition/checkpoint_file.h — mig-parted's checkpoint: how every GPU is cut, to the place.
//
// Form.   {"Version": "v1", "MigState": {"Devices": [{"UUID": "GPU-...", "MigMode": 0 | 1,
//           "GpuInstances": null | [{"ProfileID": 9, "Placement": {"Start": 4, "Size": 4},
//             "ComputeInstances": null | [{"ProfileID": 2, "EngProfileID": 0,
//               "Placement": {"Start": 0, "Size": 3}}]}]}]}}
//         Profiles are NVML's enumerators, not the ids that nvidia-smi prints. Instances are by
//         profile, and an empty list is null, as its own writer has them: it compares what it reads
//         with the node element by element.
//         The Placement of a compute instance is ours. mig-parted's reader passes over keys it does
//         not know; a file without it leaves these places to the driver, as mig-parted does.
// Errors. kInvalidArgument with file, line and column: unknown version or keys, numbers out of
//         range, profiles and places that this GPU does not have, instances that overlap.
//         kNotFound: a GPU that is not on this node. kUnavailable: a GPU that does not answer.
#pragma once

#include <string>
#include <vector>

#include "base/json.h"
#include "base/yaml.h"
#include "mig/node.h"
#include "plan/cut.h"

namespace septet::partition {

struct Checkpoint {
  Json json;
  std::vector<std::string> losses;  // what this format cannot say: a mode change that waits
};
// Of every GPU that can be cut.
Result<Checkpoint> checkpoint_of(const mig::Node& node);

// What the file wants of the GPUs it names, on this node. Other GPUs are left as they are.
Result<std::vector<plan::GpuCut>> targets_of_checkpoint(const YamlDocument& document,
                                                        const mig::Node& node);

}  // namespace septet::partition
