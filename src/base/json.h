// base/json.h — the JSON value and the one way septet writes it.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace septet {

using Json = nlohmann::ordered_json;  // keys stay in the order they were written

// Two spaces, a final newline; invalid UTF-8 (from a driver or /proc) is replaced, never thrown on.
inline std::string to_text(const Json& value) {
  return value.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace septet
