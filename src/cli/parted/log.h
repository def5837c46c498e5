// cli/parted/log.h — lines on standard error in the form nvidia-mig-parted's readers know:
// time="2026-11-21T05:44:09Z" level=fatal msg="..."
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace septet::cli::parted {

// One line, whatever is in `text`.
std::string log_line(std::string_view time, std::string_view level, std::string_view text);
// An error as one sentence: "Create ...: in use by another client; try: stop pid 4121".
std::string one_line(const Error& error);

void log(std::string_view level, std::string_view text);  // now

}  // namespace septet::cli::parted
