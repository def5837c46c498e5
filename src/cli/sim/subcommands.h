// cli/sim/subcommands.h — what `septet sim` can do; one file per subcommand.
#pragma once

#include <string>
#include <vector>

#include "cli/verb.h"
#include "driver/simulated/state_file.h"

namespace septet::cli::sim {

using Subcommand = Verb;
extern const Subcommand kCreate, kRun, kProcess, kFault, kReset, kDestroy;

// septet sim process vary, of process.cpp's words.
Result<int> vary_processes(const Globals& globals, const std::vector<std::string>& arguments);

// The state file these globals name; made on first use like everywhere else.
Result<std::unique_ptr<driver::simulated::StateFile>> open_state(const Globals& globals);

// "on"/"off" of an option.
Result<bool> on_or_off(std::string_view option, const std::string& word);

// A driver status of a state machine call as septet's error.
Error refused(driver::simulated::Status status, std::string what, std::string remedy);

}  // namespace septet::cli::sim
