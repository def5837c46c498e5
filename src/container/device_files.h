// container/device_files.h — which device files, capabilities and driver files does this host have?
//
// Numbers come from the files in /dev; where the driver has not made one yet, from the tables that
// it keeps in /proc (a runtime, or the hook, can then make it by its number).
// Errors. kUnavailable: a table is there and cannot be read.
// Source. /proc/devices ("nvidia-frontend" or "nvidia", "nvidia-caps"); /proc/driver/nvidia-caps/
//         mig-minors; files of GPUDirect as NVIDIA's plugin names them (/dev/gdrdrv,
//         /dev/nvidia-fs*, /dev/infiniband/{uverbs*,rdma_cm},
//         /dev/nvidia-caps-imex-channels/channelN).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mig/node.h"
#include "publish/capability_minors.h"
#include "publish/cdi.h"
#include "publish/cdi_companions.h"

namespace septet::container {

struct HostPaths {
  std::string root;              // before /dev and /usr; empty: this host's own
  std::string proc = "/proc";    // of the kernel
  std::string driver_root;       // before the driver's libraries, as this process sees them
  std::string host_driver_root;  // the same as the container runtime sees it
};

// Of /proc/driver/nvidia-caps/mig-minors. Of a simulated node whose table nobody shows (not below
// `septet sim run`) the simulated driver's own; of another an empty one: whoever needs a slice's
// number then finds that it is not there. kUnavailable, kInvalidArgument: it cannot be read.
Result<publish::CapabilityMinors> capability_minors(const HostPaths& paths, const mig::Node& node);

class DeviceFiles {
 public:
  // Majors too are the simulated driver's own where its tables are not shown.
  static Result<DeviceFiles> read(const HostPaths& paths, const mig::Node& node);

  std::optional<unsigned> cap_minor(const std::string& capability) const;  // "gpu0/gi1/access"
  // Of "/dev/nvidia0", as it is in /dev or would be; nullopt: nothing of that name can be.
  std::optional<publish::DeviceFile> device_file(const std::string& path) const;
  bool there(const std::string& path) const;  // is it in /dev?

 private:
  HostPaths paths_;
  publish::CapabilityMinors capabilities_;
  std::optional<unsigned> gpu_major_, caps_major_;
};

// What of the driver a container needs: libraries that carry the driver's version in their name,
// and its programs. Empty where no driver is installed (a simulated node).
struct DriverFiles {
  std::vector<publish::CdiMount> mounts;
  std::vector<std::string> library_folders;
};
DriverFiles driver_files(const std::string& driver_root, const std::string& host_driver_root,
                         const std::string& version);

// Which of the devices beside the GPUs this host has.
publish::CompanionNodes companion_nodes(const HostPaths& paths);

}  // namespace septet::container
