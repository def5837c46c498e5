// web/request_json.h — a body of JSON from anybody: bounded, and told where it is wrong.
//
// Limits. 32 levels; keys are found in sorted order, so that many of them cost no more than their
//         bytes. The server bounds the size.
// Errors. kInvalidArgument: what is wrong, at which byte or key; an unknown key is answered with
//         the nearest known.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace septet::web {

using Body = nlohmann::json;

Result<Body> parse_body(std::string_view text);
// `what`: "the request", "gpus[0]". Also refuses what is no object.
Result<> check_object(const Body& value, const std::string& what,
                      const std::vector<std::string_view>& allowed);
Result<std::string> text_of(const Body& value, const std::string& what);
Result<std::uint64_t> count_of(const Body& value, const std::string& what, std::uint64_t most);
Result<double> number_of(const Body& value, const std::string& what, double least, double most);
Result<bool> truth_of(const Body& value, const std::string& what);

}  // namespace septet::web
