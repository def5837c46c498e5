// publish/cdi.h — the Container Device Interface description of a node's devices.
//
// Per device its node, and for a slice the capability nodes of its GPU instance and compute
// instance; common to all: nvidiactl, nvidia-uvm and what else is there.
// Source. CDI specification 0.5 to 1.0 (the least version that says what is said); kinds and names
//         as NVIDIA's k8s-device-plugin v0.20 ("k8s.device-plugin.nvidia.com/gpu=<uuid>") and
//         nvidia-ctk ("nvidia.com/gpu=0:1", "=all").
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/json.h"
#include "publish/offer.h"

namespace septet::publish {

// A device file as it is on the host; nullopt: not there.
struct DeviceFile {
  unsigned major = 0, minor = 0;
};
struct CdiContext {
  std::string vendor = "k8s.device-plugin.nvidia.com", device_class = "gpu";
  std::string dev_root;                               // before /dev on the host; empty: none
  bool by_index = false, by_uuid = true, all = true;  // names each device has
  // Minor of /dev/nvidia-caps for "gpu0/gi1/access" (lines of /proc/driver/nvidia-caps/mig-minors).
  std::function<std::optional<unsigned>(const std::string& capability)> cap_minor;
  std::function<std::optional<DeviceFile>(const std::string& path)> device_file;
};

// kUnavailable when a slice's capability is not in the table: a container would get a slice that it
// cannot open.
Result<Json> cdi_spec(const mig::Node& node, const CdiContext& context);

}  // namespace septet::publish
