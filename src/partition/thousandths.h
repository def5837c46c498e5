// partition/thousandths.h — numbers that people write with decimals and septet counts exactly.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace septet::partition {

// "2.4" -> 2400; 0 to 1000000 with at most three decimals, no sign, no exponent.
std::optional<std::int64_t> parse_thousandths(const std::string& text);

}  // namespace septet::partition
