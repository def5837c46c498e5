// base/quoted.h — somebody else's text, made safe to stand inside one of our sentences.
#pragma once

#include <string>
#include <string_view>

namespace septet {

struct Quoted {
  std::string operator()(std::string_view text) const;
};
// "3g.40gb" in double quotes; control bytes and quotes as \xNN, at most 48 bytes and then "...".
// An object, not a function: a call with a std::string would otherwise be drawn to std::quoted.
inline constexpr Quoted quoted;

}  // namespace septet
