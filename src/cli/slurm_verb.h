// cli/slurm_verb.h — verbs of the verb slurm.
#pragma once

#include <string>

#include "cli/change_session.h"
#include "cli/verb.h"

namespace septet::cli {

extern const Verb kSlurmRelayout, kSlurmHelpers, kSlurmHelper, kSlurmReboot;

// A change of the GPUs that was cut short is led to an end before they are looked at.
Result<> recover_before(const Globals& globals, const ChangeOptions& options);

// Beside the slurm.conf that Slurm's own clients read: SLURM_CONF, else /etc/slurm/slurm.conf.
std::string default_gres_conf();

}  // namespace septet::cli
