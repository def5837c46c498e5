// cli/publish_slurm.h — `septet publish slurm`, a verb of the verb publish.
#pragma once

#include "cli/verb.h"
#include "publish/slurm.h"

namespace septet::cli {

extern const Verb kPublishSlurm;

// With the numbers that this host's driver gave its slices. kUnavailable: one is not in its table.
Result<publish::SlurmDevices> slurm_devices_of(const mig::Node& node);
// The whole of a file, at most 1 MiB. kNotFound, kNoPermission, kUnavailable.
Result<std::string> read_site_file(const std::string& path);
// This machine's name up to the first dot, which is what slurmd calls its node.
Result<std::string> short_host_name();

}  // namespace septet::cli
