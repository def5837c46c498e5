// cli/plan_output.h — where septet plan's answer goes besides the terminal.
#pragma once

#include <string>

#include "base/json.h"
#include "base/result.h"

namespace septet::cli {

struct PlanOutput {
  std::string certificate, svg;  // files; empty: none is written
  bool json = false;             // on the terminal: for programs instead of people
};

// Writes the certificate where it was asked for, and says so to people.
Result<> write_certificate(const PlanOutput& output, const Json& certificate);

}  // namespace septet::cli
