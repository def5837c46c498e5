// mig/driver_version.h — "580.65.06" as numbers that can be compared.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace septet::mig {

struct DriverVersion {
  unsigned major = 0, minor = 0, patch = 0;
  friend auto operator<=>(const DriverVersion&, const DriverVersion&) = default;
};

// "580.65.06" or "580.65" -> numbers; anything else -> nullopt. Nothing may follow the numbers.
std::optional<DriverVersion> parse_driver_version(std::string_view text);

}  // namespace septet::mig
