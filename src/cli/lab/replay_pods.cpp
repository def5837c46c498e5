// septet lab replay pods — the openb cluster trace, beside the FGD simulator.
#include "cli/lab/subcommands.h"

namespace septet::cli::lab_verbs {

namespace {

Result<int> run_replay_pods(const Globals&, const std::vector<std::string>&) {
  return fail(Code::kNotSupported, "septet lab replay pods is not built yet");
}

}  // namespace

extern const Verb kReplayPods{"pods", "the openb cluster trace, beside the FGD simulator",
                              run_replay_pods};

}  // namespace septet::cli::lab_verbs
