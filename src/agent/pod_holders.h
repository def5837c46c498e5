// agent/pod_holders.h — pods that hold a slice count as its users, whether they compute or not.
//
// A pod may hold a slice for hours before its first CUDA call. The planner keeps what the driver
// says is in use; here what kubelet says is in use is added to that.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "kube/pod_resources.h"
#include "mig/node.h"

namespace septet::agent {

// The UUID or index that a device id names: without "::n".
std::string_view without_replica(std::string_view device_id);

// `node` with a process of pid 0 named "pod NAMESPACE/NAME" on each instance, or whole GPU, that a
// pod holds. Devices of other vendors' plugins match nothing.
mig::Node with_pod_holders(mig::Node node, const std::vector<kube::HeldDevice>& held);

}  // namespace septet::agent
