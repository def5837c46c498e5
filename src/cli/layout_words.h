// cli/layout_words.h — a layout in a few words of the command line, or the file they name.
//
// "3g.40gb,4g.40gb" cuts every GPU so; "0=3g.40gb,4g.40gb 1=" only GPU 0 and 1, the latter to
// nothing. A single word with a slash or ending in .yaml, .yml or .json, or "-", is a file.
// Errors. kInvalidArgument: a word is neither.
#pragma once

#include <string>
#include <vector>

#include "cli/plan_inputs.h"

namespace septet::cli {

Result<Wanted> wanted_by_words(const std::vector<std::string>& words, const std::string& config);

}  // namespace septet::cli
