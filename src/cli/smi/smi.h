// cli/smi/smi.h — nvidia-smi's MIG language, spoken to any driver.
//
// Text, padding and messages are those of recorded transcripts (rules R9); column widths follow the
// driver's version. The exit status is the driver's code (0, 2, 3, 4, 6, 19, 23 ...), as
// nvidia-smi's is.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/verb.h"

namespace septet::cli {

// The verb: opens the driver that `globals` ask for and prints to standard output.
Result<int> run_smi(const Globals& globals, const std::vector<std::string>& arguments);

using Print = std::function<void(std::string_view)>;
// The same on an open driver. Lines are printed as things happen: what was created before a failure
// is said.
int run_smi_on(driver::Driver& driver, const std::vector<std::string>& arguments,
               const Print& print);

// Help and words that are wrong need no driver: the status, or nothing when a driver is needed.
std::optional<int> run_smi_without_driver(const std::vector<std::string>& arguments,
                                          const Print& print);

}  // namespace septet::cli
