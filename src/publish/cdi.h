// publish/cdi.h — the Container Device Interface description of a node's devices.
//
// Per device its node, and for a slice the capability nodes of its GPU instance and compute
// instance; common to all: nvidiactl, nvidia-uvm and what else is there.
// Source. CDI specification, 0.3.0 or 0.5.0: the least that says what is said (0.5.0 brought names
//         that begin with a digit and host paths of device nodes); kinds and names as NVIDIA's
//         k8s-device-plugin v0.20 ("k8s.device-plugin.nvidia.com/gpu=<uuid>") and nvidia-ctk
//         ("nvidia.com/gpu=0:1", "=all").
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "publish/offer.h"

namespace septet::publish {

// A device file as it is on the host.
struct DeviceFile {
  unsigned major = 0, minor = 0;
};
struct CdiMount {
  std::string host_path, container_path;  // read-only, no devices, no set-uid
};
struct CdiContext {
  std::string vendor = "k8s.device-plugin.nvidia.com", device_class = "gpu";
  std::string dev_root;  // before /dev on the host; empty: none
  // Names each device has: "0:1"; "mig0:1" and "gpu0"; "MIG-...". And one for all together.
  bool by_index = false, by_type_index = false, by_uuid = true, all = true;
  // Minor of /dev/nvidia-caps for "gpu0/gi1/access" (lines of /proc/driver/nvidia-caps/mig-minors).
  std::function<std::optional<unsigned>(const std::string& capability)> cap_minor;
  // Of a path on the host, dev_root included; nullopt: not there. What all devices share
  // (nvidiactl ...) is listed if it is there, a GPU's own nodes in any case: their numbers are then
  // left to the runtime.
  std::function<std::optional<DeviceFile>(const std::string& path)> device_file;
  std::vector<CdiMount> mounts;  // the driver's libraries and programs
  // nvidia-ctk or nvidia-cdi-hook, run before the container starts; empty: no hooks.
  std::string hook_path;
  std::vector<std::string> library_folders;  // in the container, for its linker cache
};

// GPUs with a problem are left out. kUnavailable when a slice's capability is not in the table: a
// container would get a slice that it cannot open. kNotSupported when a device's name cannot be
// said (the UUIDs of drivers before 470).
Result<Json> cdi_spec(const mig::Node& node, const CdiContext& context);

}  // namespace septet::publish
