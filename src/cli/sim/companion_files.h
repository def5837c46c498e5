// cli/sim/companion_files.h — the files beside the library that other people's programs read.
//
// A tree generated from the node's state: modules, devices (for /proc/modules, /proc/devices),
// driver/ (for /proc/driver: nvidia-caps/mig-minors, nvidia/version, nvidia/capabilities/...) and
// pci/ (for /sys/bus/pci/devices). Which client needs which: shared reference nvml/library.md,
// "Companion files".
#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"
#include "driver/simulated/state.h"

namespace septet::cli::sim {

// Writes the whole tree below `root`, which must be an empty folder.
Result<> write_companions(const driver::simulated::NodeState& node,
                          const std::filesystem::path& root);

// Brings the part that follows instances (capabilities/gpuN/mig/giM[/ciK]/access) up to date.
Result<> update_capabilities(const driver::simulated::NodeState& node,
                             const std::filesystem::path& root);

}  // namespace septet::cli::sim
