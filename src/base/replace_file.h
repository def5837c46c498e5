// base/replace_file.h — writes a file so that a reader sees the old one or the new one, never half.
//
// Errors. kNoPermission, kUnavailable name the file; what was there is still there.
#pragma once

#include <string>

#include "base/result.h"

namespace septet {

Result<> replace_file(const std::string& path, const std::string& text);

}  // namespace septet
