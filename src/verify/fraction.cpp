#include "verify/fraction.h"

#include <algorithm>

namespace septet::verify {

namespace {

Whole gcd(Whole a, Whole b) {
  while (b != 0) {
    const Whole rest = a % b;
    a = b;
    b = rest;
  }
  return a < 0 ? -a : a;
}

std::optional<Whole> times(Whole a, Whole b) {
  Whole result = 0;
  if (__builtin_mul_overflow(a, b, &result)) return std::nullopt;
  return result;
}

std::optional<Whole> parse_digits(std::string_view text) {
  constexpr std::size_t kMostDigits = 30;
  if (text.empty() || text.size() > kMostDigits) return std::nullopt;
  Whole value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

}  // namespace

std::optional<Fraction> Fraction::make(Whole numerator, Whole denominator) {
  if (denominator == 0) return std::nullopt;
  const Whole divisor = gcd(numerator, denominator);
  Fraction made;
  const Whole sign = denominator < 0 ? -1 : 1;
  made.numerator_ = sign * (numerator / divisor);
  made.denominator_ = sign * (denominator / divisor);
  return made;
}

std::optional<Fraction> sum(const Fraction& a, const Fraction& b) {
  const Whole divisor = gcd(a.denominator(), b.denominator());
  const auto left = times(a.numerator(), b.denominator() / divisor);
  const auto right = times(b.numerator(), a.denominator() / divisor);
  const auto denominator = times(a.denominator(), b.denominator() / divisor);
  Whole numerator = 0;
  if (!left || !right || !denominator) return std::nullopt;
  if (__builtin_add_overflow(*left, *right, &numerator)) return std::nullopt;
  return Fraction::make(numerator, *denominator);
}

std::optional<Fraction> difference(const Fraction& a, const Fraction& b) {
  const auto negated = product(b, -1);
  return negated ? sum(a, *negated) : std::nullopt;
}

std::optional<Fraction> product(const Fraction& a, Whole factor) {
  const auto numerator = times(a.numerator(), factor);
  return numerator ? Fraction::make(*numerator, a.denominator()) : std::nullopt;
}

Whole rounded_up(const Fraction& value, Whole step) {
  const Whole up = value.numerator() / value.denominator() +
                   (value.numerator() % value.denominator() > 0 ? 1 : 0);
  const Whole steps = up / step + (up % step > 0 ? 1 : 0);
  return steps * step;
}

std::optional<Fraction> parse_fraction(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  const std::size_t slash = text.find('/');
  const auto numerator = parse_digits(text.substr(0, slash));
  const auto denominator = slash == std::string_view::npos ? std::optional<Whole>(1)
                                                           : parse_digits(text.substr(slash + 1));
  if (!numerator || !denominator) return std::nullopt;
  return Fraction::make(negative ? -*numerator : *numerator, *denominator);
}

std::optional<std::uint64_t> parse_millionths(std::string_view text) {
  constexpr std::size_t kPlaces = 6;
  constexpr Whole kMost = 1'000'000'000'000'000;
  const std::size_t point = text.find('.');
  const auto units = parse_digits(text.substr(0, point));
  if (!units || *units > kMost) return std::nullopt;
  Whole value = *units * 1'000'000;
  if (point != std::string_view::npos) {
    const std::string_view places = text.substr(point + 1);
    auto part = parse_digits(places);
    if (!part || places.size() > kPlaces) return std::nullopt;
    for (std::size_t i = places.size(); i < kPlaces; ++i) *part *= 10;
    value += *part;
  }
  if (value > kMost) return std::nullopt;
  return static_cast<std::uint64_t>(value);
}

std::string to_string(Whole value) {
  if (value == 0) return "0";
  const bool negative = value < 0;
  std::string digits;
  for (; value != 0; value /= 10) {
    const int digit = static_cast<int>(value % 10);
    digits += static_cast<char>('0' + (digit < 0 ? -digit : digit));
  }
  if (negative) digits += '-';
  std::ranges::reverse(digits);
  return digits;
}

std::string to_string(const Fraction& value) {
  if (value.denominator() == 1) return to_string(value.numerator());
  return to_string(value.numerator()) + "/" + to_string(value.denominator());
}

}  // namespace septet::verify
