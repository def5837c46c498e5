#include "http/target.h"

#include <optional>

#include "base/quoted.h"

namespace septet::http {
namespace {

std::optional<unsigned> hex_digit(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A' + 10);
  return std::nullopt;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::unexpected<Error> bad_target(std::string_view text, const char* why) {
  return fail(Code::kInvalidArgument, "the target " + quoted(text) + ": " + why);
}

// The byte behind the '%' at `at`.
std::optional<char> escaped(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return std::nullopt;
  const auto high = hex_digit(text[at + 1]), low = hex_digit(text[at + 2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(*high * 16 + *low);
}

Result<std::string> unescaped_path(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      if (text[i] == '\\') return bad_target(text, "a path has no \\");
      out += text[i];
      continue;
    }
    const auto byte = escaped(text, i);
    if (!byte) return bad_target(text, "a % without two hexadecimal digits behind it");
    if (is_control(*byte)) return bad_target(text, "an escaped control byte");
    if (*byte == '/' || *byte == '\\') return bad_target(text, "an escaped / or \\");
    out += *byte;
    i += 2;
  }
  return out;
}

Result<std::string> unescaped_query(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i] == '+' ? ' ' : text[i];
      continue;
    }
    const auto byte = escaped(text, i);
    if (!byte) return bad_target(text, "a % without two hexadecimal digits behind it");
    if (*byte == '\0') return bad_target(text, "an escaped zero byte");
    out += *byte;
    i += 2;
  }
  return out;
}

Result<> check_segments(std::string_view path) {
  if (path == "/") return {};
  for (std::string_view rest = path; !rest.empty();) {
    rest.remove_prefix(1);  // the '/'
    const auto segment = rest.substr(0, rest.find('/'));
    if (segment.empty()) return bad_target(path, "an empty segment, \"//\" or a / at the end");
    if (segment == "." || segment == "..") return bad_target(path, "a . or .. segment");
    rest.remove_prefix(segment.size());
  }
  return {};
}

Result<std::map<std::string, std::string>> read_query(std::string_view text) {
  std::map<std::string, std::string> query;
  while (!text.empty()) {
    const auto piece = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(piece.size() + 1, text.size()));
    if (piece.empty()) continue;
    const auto equals = piece.find('=');
    auto name = TRY(unescaped_query(piece.substr(0, equals)));
    std::string value;
    if (equals != std::string_view::npos) value = TRY(unescaped_query(piece.substr(equals + 1)));
    if (query.size() == kMostQueryNames) return bad_target(piece, "too many names in the query");
    if (!query.emplace(std::move(name), std::move(value)).second) {
      return bad_target(piece, "a name that the query has already");
    }
  }
  return query;
}

}  // namespace

Result<Target> read_target(std::string_view text) {
  if (!text.starts_with('/')) return bad_target(text, "it does not begin with /");
  for (const char c : text) {
    if (c <= ' ' || c >= 0x7f || c == '#') {  // of a signed char, 0x80 and more are below ' '
      return bad_target(text, "a byte that a target has only as an escape");
    }
  }
  const auto mark = text.find('?');
  Target target;
  target.path = TRY(unescaped_path(text.substr(0, mark)));
  TRY(check_segments(target.path));
  if (mark != std::string_view::npos) target.query = TRY(read_query(text.substr(mark + 1)));
  return target;
}

}  // namespace septet::http
