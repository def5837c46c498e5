// kube/pod_resources.h — which pods hold which devices, as kubelet's pod-resources API tells.
//
// Source. k8s.io/kubelet podresources/v1 (List), on /var/lib/kubelet/pod-resources/kubelet.sock.
// Errors. kUnavailable: kubelet does not answer; who holds what is then unknown, not nobody.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace septet::kube {

struct HeldDevice {
  std::string resource, id;  // "nvidia.com/mig-1g.10gb", "MIG-..." or "MIG-...::1"
  std::string name_space, pod, container;
};
Result<std::vector<HeldDevice>> held_devices(const std::string& socket,
                                             std::chrono::milliseconds timeout);

}  // namespace septet::kube
