// publish/allocation.h — what a container is given with the devices kubelet chose, and which
// devices kubelet should choose.
//
// Source. Effects of each device list strategy as NVIDIA's k8s-device-plugin v0.20. Beyond it: the
//         preferred choice knows which GPU a slice is on: whole groups first, then those that leave
//         the most room to cut larger slices later; and one GPU is taken where the fewest lose a
//         near neighbour by it.
// Errors. kInvalidArgument in NVIDIA's words: "unknown device: ...", "maximum request size for
//         shared resources is 1; found 2".
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "mig/node.h"
#include "publish/offer.h"

namespace septet::publish {

struct Mount {
  std::string container_path, host_path;
  bool read_only = false;
};
struct DeviceNode {
  std::string container_path, host_path, permissions;  // "rw"
};
struct Allocation {
  std::map<std::string, std::string> envs, annotations;
  std::vector<Mount> mounts;
  std::vector<DeviceNode> devices;
  std::vector<std::string> cdi_devices;  // "k8s.device-plugin.nvidia.com/gpu=MIG-..."
};

// `exists` tells whether a host path is there; `unique` names one annotation (a random UUID).
struct AllocationContext {
  std::function<bool(const std::string&)> exists;
  std::string unique;
  // Minor of /dev/nvidia-caps for "gpu0/gi1/access" (lines of /proc/driver/nvidia-caps/mig-minors).
  std::function<std::optional<unsigned>(const std::string& capability)> cap_minor;
};
// "gpu0/gi1/access" and "gpu0/gi1/ci0/access" of a slice; none of a whole GPU. The number after gpu
// is the GPU's device minor.
std::vector<std::string> device_capabilities(const Device& device);

Result<Allocation> allocate(const Resource& resource, const std::vector<std::string>& ids,
                            const PluginConfig& config, const AllocationContext& context);

// `size` of `available`, all of `must` among them: those first, then by GPU and place. Always the
// same answer to the same question. kInvalidArgument when it cannot be.
// Whole GPUs: see preferred_gpus.h. Replicas: `policy`. Slices: see preferred_slices.h.
Result<std::vector<std::string>> preferred(const mig::Node& node, const Resource& resource,
                                           const std::vector<std::string>& available,
                                           const std::vector<std::string>& must, unsigned size,
                                           SharedPolicy policy);

}  // namespace septet::publish
