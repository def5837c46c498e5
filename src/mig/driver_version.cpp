#include "mig/driver_version.h"

#include <charconv>

namespace septet::mig {

namespace {

// Takes a decimal number off the front; refuses signs, emptiness and anything above 9 digits.
std::optional<unsigned> take_number(std::string_view& text) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || digits > 9) return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

}  // namespace

std::optional<DriverVersion> parse_driver_version(std::string_view text) {
  DriverVersion version;
  unsigned* const parts[] = {&version.major, &version.minor, &version.patch};
  std::size_t read = 0;
  while (read < std::size(parts)) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    *parts[read++] = *number;
    if (text.empty()) break;
    if (text.front() != '.') return std::nullopt;
    text.remove_prefix(1);
    if (read == std::size(parts)) return std::nullopt;
  }
  if (read < 2) return std::nullopt;
  return version;
}

}  // namespace septet::mig
