#include "cli/parted/log.h"

#include <fmt/format.h>
#include <time.h>

#include <array>
#include <cctype>
#include <cstdio>

namespace septet::cli::parted {

namespace {

std::string local_time() {
  const time_t now = time(nullptr);
  tm parts{};
  localtime_r(&now, &parts);
  std::array<char, 40> text{};
  const std::size_t size = strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S%z", &parts);
  std::string made(text.data(), size);
  if (made.ends_with("+0000")) return made.substr(0, size - 5) + "Z";
  return made.insert(size - 2, ":");
}

}  // namespace

std::string log_line(std::string_view time, std::string_view level, std::string_view text) {
  std::string safe;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      safe += '\\';
      safe += c;
    } else if (c == '\n') {
      safe += "\\n";
    } else if (byte < 0x20 || byte == 0x7f) {
      safe += fmt::format("\\x{:02x}", byte);
    } else {
      safe += c;
    }
  }
  return fmt::format("time=\"{}\" level={} msg=\"{}\"\n", time, level, safe);
}

std::string one_line(const Error& error) {
  std::string line;
  const std::string text = error.describe();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n') {
      line += text[i];
      continue;
    }
    while (i + 1 < text.size() && text[i + 1] == ' ') ++i;
    line += line.ends_with(':') ? " " : "; ";
  }
  if (!line.empty()) line[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(line[0])));
  return line;
}

void log(std::string_view level, std::string_view text) {
  std::fflush(stdout);
  fmt::print(stderr, "{}", log_line(local_time(), level, text));
}

}  // namespace septet::cli::parted
