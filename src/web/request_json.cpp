#include "web/request_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/nearest.h"
#include "base/quoted.h"

namespace septet::web {

namespace {

constexpr unsigned kMostLevels = 32;

// nullopt: not deeper than is read; else the byte where it is.
std::optional<std::size_t> too_deep_at(std::string_view text) {
  unsigned levels = 0;
  bool in_text = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_text && c == '\\') {
      ++at;
    } else if (c == '"') {
      in_text = !in_text;
    } else if (!in_text && (c == '[' || c == '{')) {
      if (++levels > kMostLevels) return at;
    } else if (!in_text && (c == ']' || c == '}') && levels > 0) {
      --levels;
    }
  }
  return std::nullopt;
}

std::unexpected<Error> wrong(const std::string& what, std::string_view should) {
  return fail(Code::kInvalidArgument, fmt::format("{} is not {}", what, should));
}

}  // namespace

Result<Body> parse_body(std::string_view text) {
  if (const auto at = too_deep_at(text)) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("the body is nested deeper than {} levels at byte {}", kMostLevels, *at),
        "nothing that is asked for needs that");
  }
  try {
    return Body::parse(text);
  } catch (const Body::parse_error& error) {  // the only way this library tells
    return fail(Code::kInvalidArgument, fmt::format("the body is no JSON, at byte {}", error.byte),
                text.empty() ? "send an object: {...}" : "");
  } catch (const Body::exception& error) {  // a number that no double holds
    return fail(Code::kInvalidArgument, "the body holds a number that is too large");
  }
}

Result<> check_object(const Body& value, const std::string& what,
                      const std::vector<std::string_view>& allowed) {
  if (!value.is_object()) return wrong(what, "an object: {...}");
  for (const auto& [key, ignored] : value.items()) {
    if (std::ranges::find(allowed, key) != allowed.end()) continue;
    return fail(Code::kInvalidArgument, fmt::format("{} has no key {}", what, quoted(key)),
                did_you_mean(key, allowed));
  }
  return {};
}

Result<std::string> text_of(const Body& value, const std::string& what) {
  if (!value.is_string()) return wrong(what, "a text");
  return value.get<std::string>();
}

Result<std::uint64_t> count_of(const Body& value, const std::string& what, std::uint64_t most) {
  const bool whole = value.is_number_unsigned() && value.get<std::uint64_t>() <= most;
  if (!whole) return wrong(what, fmt::format("a whole number from 0 to {}", most));
  return value.get<std::uint64_t>();
}

Result<double> number_of(const Body& value, const std::string& what, double least, double most) {
  const bool within =
      value.is_number() && value.get<double>() >= least && value.get<double>() <= most;
  if (!within) return wrong(what, fmt::format("a number from {} to {}", least, most));
  return value.get<double>();
}

Result<bool> truth_of(const Body& value, const std::string& what) {
  if (!value.is_boolean()) return wrong(what, "true or false");
  return value.get<bool>();
}

}  // namespace septet::web
