// septet lab replay queue — jobs wait for a slice; MISO's trace among them.
#include "cli/lab/subcommands.h"

namespace septet::cli::lab_verbs {

namespace {

Result<int> run_replay_queue(const Globals&, const std::vector<std::string>&) {
  return fail(Code::kNotSupported, "septet lab replay queue is not built yet");
}

}  // namespace

extern const Verb kReplayQueue{"queue", "jobs wait for a slice; MISO's trace among them",
                               run_replay_queue};

}  // namespace septet::cli::lab_verbs
