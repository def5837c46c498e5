// cli/subcommand.h — verbs of a verb: `septet sim create`, `septet lab compare`.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/verb.h"

namespace septet::cli {

// Runs the one that arguments[0] names, or prints what there is (exit 1 when none was named).
// `usage`: "septet [--sim=STATE] sim"; `verb`: "sim".
Result<int> run_subcommand(std::string_view usage, std::string_view verb,
                           std::span<const Verb* const> table, const Globals& globals,
                           const std::vector<std::string>& arguments);

}  // namespace septet::cli
