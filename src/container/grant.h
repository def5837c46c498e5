// container/grant.h — which device files do these devices come to?
//
// Pure but for what it asks of DeviceFiles. A GPU that is cut into slices is no device of its own:
// who asks for it is told to name a slice.
// Errors. kNotFound: no such GPU or slice here, with what there is. kInvalidArgument: a cut GPU.
//         kUnavailable: it cannot be read, or its capability is unknown.
#pragma once

#include <string>
#include <vector>

#include "container/device_files.h"
#include "mig/node.h"

namespace septet::container {

struct Grant {
  std::vector<std::string> paths;  // "/dev/nvidia0", "/dev/nvidia-caps/nvidia-cap21"; each once
  std::vector<std::string> uuids;  // of the devices
};

// A word names a device: "0", "0:1", "GPU-...", "MIG-...", or "all".
Result<Grant> grant_of(const mig::Node& node, const std::vector<std::string>& words,
                       const DeviceFiles& files);

// Everybody who has a device has these, where they are there: nvidiactl, nvidia-uvm ...
std::vector<std::string> shared_paths(const DeviceFiles& files);

}  // namespace septet::container
