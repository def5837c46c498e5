// agent/shown.h — what kubelet is shown right now: a value, made anew after every observation.
//
// The offer of the node, less what is ill (shown, unhealthy) and what is being cut anew (withheld:
// not shown at all, so that no pod gets a slice that is about to go; the slices beside it stay).
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "kube/device_plugin.h"
#include "mig/node.h"
#include "publish/offer.h"

namespace septet::agent {

struct Shown {
  mig::Node node;
  publish::Offer offer;
  std::map<std::string, std::string> ill;  // UUID -> why
  std::set<std::string> withheld;          // UUIDs
  // Minors of /dev/nvidia-caps: "gpu0/gi1/access" -> 12.
  std::shared_ptr<const std::map<std::string, unsigned>> capabilities;
};

// The list of one resource; empty when it is offered no more.
std::vector<kube::ListedDevice> listing(const Shown& shown, const std::string& resource);
// Refuses ids that are withheld, in words.
Result<> check_not_withheld(const Shown& shown, const std::vector<std::string>& ids);

}  // namespace septet::agent
