#include "kube/read_json.h"

#include <array>

#include "base/quoted.h"

namespace septet::kube {
namespace {

constexpr std::size_t kMostLevels = 64;
constexpr std::size_t kMostMembers = 2000;

// The index behind the string whose opening quote is at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

// Before parsing: how deep and how wide it would be. What is not JSON is the parser's to refuse.
const char* too_large(std::string_view text) {
  std::array<std::size_t, kMostLevels> commas{};
  std::array<bool, kMostLevels> is_object{};
  std::size_t level = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') i = end_of_string(text, i) - 1;
    if (c == '{' || c == '[') {
      if (level == kMostLevels) return "nested more than 64 levels deep";
      commas[level] = 0;
      is_object[level++] = c == '{';
    }
    if ((c == '}' || c == ']') && level > 0) --level;
    if (c == ',' && level > 0 && is_object[level - 1] && ++commas[level - 1] >= kMostMembers) {
      return "an object of more than 2000 members";
    }
  }
  return nullptr;
}

std::unexpected<Error> not_json(std::string_view text, const std::string& why) {
  return fail(Code::kUnavailable, why + ": " + quoted(std::string(text.substr(0, 80))));
}

}  // namespace

Result<Json> read_json(std::string_view text) {
  if (const char* const why = too_large(text)) return not_json(text, why);
  Json value = Json::parse(text, nullptr, false);
  if (value.is_discarded()) return not_json(text, text.empty() ? "nothing was sent" : "not JSON");
  return value;
}

const Json* member(const Json& value, std::string_view name) {
  if (!value.is_object()) return nullptr;
  const auto found = value.find(name);
  return found == value.end() ? nullptr : &*found;
}

std::string text_at(const Json& value, std::initializer_list<std::string_view> path) {
  const Json* at = &value;
  for (const std::string_view name : path) {
    at = member(*at, name);
    if (at == nullptr) return {};
  }
  return at->is_string() ? at->get<std::string>() : std::string();
}

}  // namespace septet::kube
