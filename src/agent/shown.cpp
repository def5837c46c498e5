#include "agent/shown.h"

#include <algorithm>

#include "agent/pod_holders.h"

namespace septet::agent {

std::vector<kube::ListedDevice> listing(const Shown& shown, const std::string& resource) {
  std::vector<kube::ListedDevice> listed;
  const auto found = std::ranges::find(shown.offer.resources, resource, &publish::Resource::name);
  if (found == shown.offer.resources.end()) return listed;
  for (const publish::Device& device : found->devices) {
    if (shown.withheld.contains(device.uuid)) continue;
    listed.push_back({device.id, !shown.ill.contains(device.uuid), device.numa_node});
  }
  return listed;
}

Result<> check_not_withheld(const Shown& shown, const std::vector<std::string>& ids) {
  for (const std::string& id : ids) {
    if (!shown.withheld.contains(std::string(without_replica(id)))) continue;
    return fail(Code::kBusy, id + " is withdrawn: its GPU is about to be cut anew",
                "let the pod be scheduled again; the MigLayout's status says what comes");
  }
  return {};
}

}  // namespace septet::agent
