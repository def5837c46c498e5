// tests/golden/scenario.h — a recorded transcript as something that can be done again.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace septet::golden {

// How a recording may differ from what is printed, each for a stated reason.
enum class Compare {
  kExact,     // byte for byte; UUIDs belong to particular chips, so only their form and place count
  kContains,  // the recording is an excerpt of the output
  kRetyped,   // its author cut the compute instance lines and collapsed double spaces
};

struct Scenario {
  std::string_view name;  // of the recording and of expected/<name>.txt; "#2" = its second prompt
  std::string_view node;  // options of `sim create`
  // One command per line. "> " is shown (its output is the transcript), "  " prepares. "[23]" is
  // the exit status, 0 when not said.
  std::string_view steps;
  Compare compare = Compare::kExact;
};

std::span<const Scenario> scenarios();

}  // namespace septet::golden
