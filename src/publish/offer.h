// publish/offer.h — which Kubernetes resources a node offers, and which devices are in each.
//
// A GPU that cannot be read or offered as the strategy says is left out with its reason; the rest
// of the node is offered all the same. Health is not decided here.
// none:   every GPU, cut or not.
// mixed:  whole GPUs, and each profile of slices by its name.
// single: all devices are one resource and must be alike (name, multiprocessors, memory): the
//         largest such set; among equals that on the most GPUs, then slices before whole GPUs.
// Source. Resource names, ids and strategies: NVIDIA's k8s-device-plugin v0.20 (contract in
//         docs/kubernetes.md). Beyond it: one GPU's trouble never stops the node's, and profiles of
//         less than an instance (`1c.3g.40gb`) have resources.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mig/node.h"
#include "publish/plugin_config.h"

namespace septet::publish {

struct Device {
  std::string id;     // what kubelet calls it: the uuid, or "<uuid>::<n>" when shared
  std::string uuid;   // "GPU-..." or "MIG-..."
  std::string index;  // "2" or "2:0"
  std::uint32_t gpu = 0, gpu_minor = 0;  // of the GPU it is, or is part of
  std::optional<std::uint32_t> gpu_instance, compute_instance;
  std::string profile;  // "1g.10gb", "1c.3g.40gb"; empty: a whole GPU
  mig::Placement at;    // of the GPU instance, in memory units
  std::optional<int> numa_node;
};

struct Resource {
  std::string name;             // "nvidia.com/mig-1g.10gb", at most 63 characters
  std::string socket;           // "nvidia-mig-1g.10gb.sock"
  std::vector<Device> devices;  // by GPU, then place; replicas of one device side by side
  unsigned replicas = 1;
  SharingKind sharing = SharingKind::kNone;
  bool one_at_a_time = false;  // requests for more than one are refused
};

struct NotOffered {
  std::uint32_t gpu = 0;
  std::string uuid;
  std::string reason;  // a sentence, with what to do
};

struct Offer {
  std::vector<Resource> resources;  // by name; none without devices
  std::vector<NotOffered> not_offered;
};
Offer offer(const mig::Node& node, const PluginConfig& config);

// "mig-" + profile, '+' as '.': "mig-1g.10gb.me".
std::string mig_resource_name(std::string_view profile);

}  // namespace septet::publish
