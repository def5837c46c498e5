// container/hook_request.h — what a container's environment asks of the hook.
//
// NVIDIA_VISIBLE_DEVICES  unset, empty or "void": nothing; "none": the driver's files, no device;
//                         "all"; else devices between commas: 0, 0:1, GPU-..., MIG-...
// NVIDIA_MIG_CONFIG_DEVICES, NVIDIA_MIG_MONITOR_DEVICES  "all": may change, may watch slices. Only
//                         for a container that has CAP_SYS_ADMIN anyway.
// Pure. Source. Names and values as NVIDIA's container runtime documents them; what docker's --gpus
//         makes of its forms: device=0:1 as it stands, 2 as "0,1", all as "all".
// Errors. kInvalidArgument: a word that can be no device. kNoPermission: MIG configuration for a
//         container that may not administer.
#pragma once

#include <string>
#include <vector>

#include "container/oci_files.h"

namespace septet::container {

struct HookRequest {
  bool anything = false;             // else the container is left alone
  std::vector<std::string> devices;  // words for grant_of; empty: none
  std::vector<std::string> caps;     // "config", "monitor"
};
Result<HookRequest> hook_request(const OciConfig& config);

}  // namespace septet::container
