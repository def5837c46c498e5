// cli/recovered_text.h — what became of changes that were cut short, in words and as JSON.
#pragma once

#include <string>

#include "base/json.h"
#include "partition/recover.h"

namespace septet::cli {

std::string recovered_text(const partition::Recovered& recovered);  // whole lines
Json recovered_json(const partition::Recovered& recovered);
Error unrecovered(const partition::Recovered& recovered);  // of one with a failure

}  // namespace septet::cli
