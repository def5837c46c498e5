// http/target.h — which path and which query a request's target names.
//
// Pure; the text is a stranger's. Source: RFC 9112, 3.2.1 (origin form) and RFC 3986, 2.1
// (escapes). Only what has one reading is read: whoever compares paths compares what will be looked
// up.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.h"

namespace septet::http {

struct Target {
  std::string path;                          // begins with '/'
  std::map<std::string, std::string> query;  // '+' is a space; a name without '=' has ""
};

inline constexpr std::size_t kMostQueryNames = 64;

// "/api/v1/series?minutes=60&gpu=0". kInvalidArgument, in words: no '/' at the start, a byte that
// belongs into an escape, an escape that is none or hides a '/', '\' or control byte, an empty, "."
// or ".." segment, a name twice in the query, or more than kMostQueryNames of them.
Result<Target> read_target(std::string_view text);

}  // namespace septet::http
