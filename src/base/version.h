// base/version.h — which septet this is.
#pragma once

namespace septet {

inline constexpr const char* kVersion = "septet 0.1.0";

}  // namespace septet
