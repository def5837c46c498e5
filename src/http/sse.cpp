#include "http/sse.h"

namespace septet::http {
namespace {

// Every line of `text` behind `field`.
void append_lines(std::string& out, std::string_view field, std::string_view text) {
  while (true) {
    const auto end = text.find_first_of("\r\n");
    out.append(field).append(text.substr(0, end)).push_back('\n');
    if (end == std::string_view::npos) return;
    const bool both = text.substr(end).starts_with("\r\n");
    text.remove_prefix(end + (both ? 2 : 1));
  }
}

}  // namespace

std::string sse_event(std::string_view name, std::string_view data) {
  std::string out;
  out.reserve(name.size() + data.size() + 24);
  if (!name.empty()) {
    out += "event: ";
    for (const char c : name) {
      if (c != '\r' && c != '\n') out += c;
    }
    out += '\n';
  }
  append_lines(out, "data: ", data);
  out += '\n';
  return out;
}

std::string sse_comment(std::string_view text) {
  std::string out;
  append_lines(out, ": ", text);
  out += '\n';
  return out;
}

}  // namespace septet::http
