// septet smi: opens the driver and speaks nvidia-smi's language to it.
#include <algorithm>
#include <cstdio>

#include "cli/cdi_teller.h"
#include "cli/smi/smi.h"

namespace septet::cli {
namespace {

void print_now(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);  // a line that says "created" must not be lost to a crash after it
}

}  // namespace

Result<int> run_smi(const Globals& globals, const std::vector<std::string>& arguments) {
  if (const auto status = run_smi_without_driver(arguments, print_now)) return *status;
  const auto driver = open_driver(globals);
  if (driver) {
    const int status = run_smi_on(**driver, arguments, print_now);
    // "mig" and "-mig" change the node; the status stays nvidia-smi's.
    const bool may_change = std::ranges::any_of(
        arguments, [](const std::string& word) { return word == "mig" || word == "-mig"; });
    if (!may_change) return status;
    if (const auto told = cdi_teller(globals)->after(); !told)
      std::fprintf(stderr, "septet smi: %s\n", told.error().describe().c_str());
    return status;
  }
  // The status is nvidia-smi's (9 no driver, 12 no library), so it is not left to the caller.
  std::fprintf(stderr, "septet smi: %s\n", driver.error().describe().c_str());
  return driver.error().driver_status != 0 ? driver.error().driver_status : 255;
}

extern const Verb kSmi;
const Verb kSmi{"smi", "nvidia-smi's MIG commands, its text and its exit codes", run_smi};

}  // namespace septet::cli
