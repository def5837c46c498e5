// septet sim — the simulated node: make it, load it, break it, run other people's programs on it.
#include <fmt/format.h>

#include "cli/sim/subcommands.h"
#include "cli/subcommand.h"

namespace septet::cli {

namespace sim {

Result<std::unique_ptr<driver::simulated::StateFile>> open_state(const Globals& globals) {
  TRY(ensure_simulated_node(globals));
  return driver::simulated::StateFile::open(globals.state_path);
}

Result<bool> on_or_off(std::string_view option, const std::string& word) {
  if (word == "on" || word == "1") return true;
  if (word == "off" || word == "0") return false;
  return fail(Code::kInvalidArgument, fmt::format("{} takes on or off, not '{}'", option, word));
}

Error refused(driver::simulated::Status status, std::string what, std::string remedy) {
  Error error = driver::driver_error(static_cast<int>(status), std::move(what));
  error.remedy = std::move(remedy);
  return error;
}

}  // namespace sim

namespace {

Result<int> run_sim(const Globals& globals, const std::vector<std::string>& arguments) {
  static constexpr const Verb* kSubcommands[] = {&sim::kCreate, &sim::kRun,   &sim::kProcess,
                                                 &sim::kFault,  &sim::kReset, &sim::kDestroy};
  Globals with_state = globals;  // `sim` is about the simulated node, with or without --sim
  if (!with_state.simulated) {
    with_state.simulated = true;
    with_state.state_path = driver::simulated::default_state_path();
  }
  return run_subcommand("septet [--sim=STATE] sim", "sim", kSubcommands, with_state, arguments);
}

}  // namespace

extern const Verb kSim{
    "sim", "the simulated node: create, run -- CMD, process, fault, reset, destroy", run_sim};

}  // namespace septet::cli
