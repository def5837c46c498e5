// cli/publish_slurm.h — `septet publish slurm`, a verb of the verb publish.
#pragma once

#include "cli/verb.h"
#include "publish/slurm.h"

namespace septet::cli {

extern const Verb kPublishSlurm;

// Of /proc/driver/nvidia-caps/mig-minors; of a simulated node, where that file is not, as the
// simulated driver numbers them. kUnavailable: the file is not there.
Result<publish::CapabilityMinors> capability_minors(bool simulated);
// The whole of a file, at most 1 MiB. kNotFound, kNoPermission, kUnavailable.
Result<std::string> read_site_file(const std::string& path);
// This machine's name up to the first dot, which is what slurmd calls its node.
Result<std::string> short_host_name();

}  // namespace septet::cli
