// septet sim — the simulated node: make it, load it, break it, run other people's programs on it.
#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "cli/sim/subcommands.h"

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

const sim::Subcommand* const kSubcommands[] = {&sim::kCreate, &sim::kRun,   &sim::kProcess,
                                               &sim::kFault,  &sim::kReset, &sim::kDestroy};

void print_sim_help() {
  fmt::print("usage: septet [--sim=STATE] sim SUBCOMMAND ...\n\n");
  for (const auto* sub : kSubcommands) fmt::print("  {:<9} {}\n", sub->name, sub->summary);
  fmt::print("\nseptet sim SUBCOMMAND --help says what each takes.\n");
}

Result<int> run_sim(const Globals& globals, const std::vector<std::string>& arguments) {
  Globals with_state = globals;  // `sim` is about the simulated node, with or without --sim
  if (!with_state.simulated) {
    with_state.simulated = true;
    with_state.state_path = driver::simulated::default_state_path();
  }
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    print_sim_help();
    return arguments.empty() ? 1 : 0;
  }
  const auto sub =
      std::ranges::find(kSubcommands, arguments[0], [](const auto* s) { return s->name; });
  if (sub == std::end(kSubcommands)) {
    std::vector<std::string_view> known;
    for (const auto* s : kSubcommands) known.push_back(s->name);
    return fail(Code::kInvalidArgument, fmt::format("no subcommand '{}'", arguments[0]),
                did_you_mean(arguments[0], known));
  }
  return (*sub)->run(with_state, {arguments.begin() + 1, arguments.end()});
}

}  // namespace

extern const Verb kSim{
    "sim", "the simulated node: create, run -- CMD, process, fault, reset, destroy", run_sim};

}  // namespace septet::cli
