// cli/run/container_command.h — the words that start a container with exactly one slice.
//
// The slice's device files are named one by one, and the driver's libraries mounted, so it works
// with any engine: no CDI file is asked, and the hook of NVIDIA or septet has nothing to add
// (NVIDIA_VISIBLE_DEVICES=void).
// Errors. kUnavailable: the slice's device files are not there.
#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"
#include "partition/lease.h"

namespace septet::cli {

struct ContainerWish {
  std::string image, rootfs;  // one of them
  std::string engine = "podman";
  std::vector<std::string> options;  // for the engine's run, before the image
};

Result<std::vector<std::string>> container_command(const Globals& globals,
                                                   const ContainerWish& wish,
                                                   const partition::Lease& lease,
                                                   const std::vector<std::string>& command);

}  // namespace septet::cli
