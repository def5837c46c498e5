// septet lab replay mig — slices are placed at once or refused.
#include "cli/lab/subcommands.h"

namespace septet::cli::lab_verbs {

namespace {

Result<int> run_replay_mig(const Globals&, const std::vector<std::string>&) {
  return fail(Code::kNotSupported, "septet lab replay mig is not built yet");
}

}  // namespace

extern const Verb kReplayMig{"mig", "slices are placed at once or refused", run_replay_mig};

}  // namespace septet::cli::lab_verbs
