// cli/verb.h — a verb of the command line is one row: name, summary, what runs it.
//
// A verb parses its own words, asks the layers below, and owns the wording of what it prints on
// standard output. It returns the exit code (0 done or nothing to do, 2 changes pending) or an
// Error, which run_septet prints once on standard error and turns into 1, 3, 4, 5 or 6.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/version.h"
#include "driver/driver.h"

namespace septet::cli {

// What stands before the verb: septet [--driver PATH | --sim[=STATE]] [--json] VERB ...
struct Globals {
  std::optional<std::string> driver_path;  // --driver or SEPTET_DRIVER
  bool simulated = false;                  // --sim or SEPTET_SIM
  std::string state_path;  // of the simulated node, resolved; empty when not simulated
  bool json = false;
};

struct Verb {
  std::string_view name;
  std::string_view summary;
  Result<int> (*run)(const Globals& globals, const std::vector<std::string>& arguments);
};
// In the order of --help.
std::span<const Verb> verbs();

int run_septet(const std::vector<std::string>& argv);  // the whole program, argv[0] included

// The driver these globals ask for: the simulated library beside septet with its state file (made
// on first use, said on standard error), or the named or system libnvidia-ml.so.1; kNoDriver names
// both remedies.
Result<std::unique_ptr<driver::Driver>> open_driver(const Globals& globals);
// The simulated libnvidia-ml.so.1 that is installed with this program; kNoDriver: it is not there.
Result<std::string> simulated_library();
// Makes the state file of a simulated node on first use (8x H100 80GB) and says so on standard
// error.
Result<> ensure_simulated_node(const Globals& globals);

// Colors only on a terminal and without NO_COLOR; width of the terminal or 80.
bool color_wanted();
unsigned terminal_width();

}  // namespace septet::cli
