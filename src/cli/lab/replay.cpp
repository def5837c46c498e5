// septet lab replay — work that comes and goes, again under every policy; by kind of world.
#include "cli/lab/subcommands.h"
#include "cli/subcommand.h"

namespace septet::cli::lab_verbs {

namespace {

Result<int> run_replay(const Globals& globals, const std::vector<std::string>& arguments) {
  static constexpr const Verb* kWorlds[] = {&kReplayMig, &kReplayQueue, &kReplayPods};
  return run_subcommand("septet lab replay", "lab replay", kWorlds, globals, arguments);
}

}  // namespace

extern const Verb kReplay{"replay", "work that comes and goes: which policy places the most of it",
                          run_replay};

}  // namespace septet::cli::lab_verbs
