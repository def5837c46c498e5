#include "partition/thousandths.h"

#include <charconv>

namespace septet::partition {

namespace {

constexpr std::int64_t kMostThousandths = 1'000'000'000;

}  // namespace

std::optional<std::int64_t> parse_thousandths(const std::string& text) {
  const std::size_t point = text.find('.');
  std::string digits = text.substr(0, point);
  const std::string decimals = point == std::string::npos ? "" : text.substr(point + 1);
  if (digits.empty() || decimals.size() > 3) return std::nullopt;
  if (point != std::string::npos && decimals.empty()) return std::nullopt;
  digits += decimals;
  digits.append(3 - decimals.size(), '0');
  std::int64_t value = 0;
  const auto* const end = digits.data() + digits.size();
  const auto parsed = std::from_chars(digits.data(), end, value);
  if (digits.front() == '-' || parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  if (value > kMostThousandths) return std::nullopt;
  return value;
}

}  // namespace septet::partition
