// cli/lab/subcommands.h — what `septet lab` can do; one file per subcommand.
#pragma once

#include "cli/verb.h"

namespace septet::cli::lab_verbs {

extern const Verb kCompare, kRecommend, kValidate, kReplay, kReplayMig, kReplayQueue, kReplayPods;

}  // namespace septet::cli::lab_verbs
