// cli/slurm_verb.h — verbs of the verb slurm.
#pragma once

#include <string>

#include "cli/verb.h"

namespace septet::cli {

extern const Verb kSlurmRelayout;

// Beside the slurm.conf that Slurm's own clients read: SLURM_CONF, else /etc/slurm/slurm.conf.
std::string default_gres_conf();

}  // namespace septet::cli
