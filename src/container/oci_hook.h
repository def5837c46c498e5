// container/oci_hook.h — gives a container that is about to start the slices it asks for.
//
//   state (standard input) -> config.json -> what it asks for -> the node -> nodes, group, files
//
// For engines without CDI: Docker before 25 runs `nvidia-container-runtime-hook prestart` for
// --gpus. Settings. /etc/septet/oci-hook.yaml, each key optional:
//   driver: /path/libnvidia-ml.so.1     simulated: /path/state-file
//   exclusive: true                     a slice that somebody computes on is refused
//   driver-root: /run/nvidia/driver
// Else SEPTET_DRIVER and SEPTET_SIM of the engine's environment.
// Errors. Those of the parts; everything is checked before anything is made.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace septet::container {

struct HookSettings {
  std::string driver = "libnvidia-ml.so.1", simulated, driver_root;
  bool exclusive = false;
};
inline constexpr const char* kHookSettings = "/etc/septet/oci-hook.yaml";
// A file that is not there says nothing.
Result<HookSettings> read_hook_settings(const std::string& path);

Result<> run_oci_hook(std::string_view state, const HookSettings& settings);

}  // namespace septet::container
