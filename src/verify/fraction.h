// verify/fraction.h — exact numbers: a fraction of two 128-bit whole numbers that never rounds.
//
// An operation whose result has no room gives nullopt: better no answer than a wrong one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace septet::verify {

__extension__ using Whole = __int128;

// Lowest terms, denominator positive.
class Fraction {
 public:
  Fraction() = default;
  explicit Fraction(Whole value) : numerator_(value) {}
  static std::optional<Fraction> make(Whole numerator, Whole denominator);

  Whole numerator() const { return numerator_; }
  Whole denominator() const { return denominator_; }
  bool negative() const { return numerator_ < 0; }
  friend bool operator==(const Fraction&, const Fraction&) = default;

 private:
  Whole numerator_ = 0, denominator_ = 1;
};

std::optional<Fraction> sum(const Fraction& a, const Fraction& b);
std::optional<Fraction> difference(const Fraction& a, const Fraction& b);
std::optional<Fraction> product(const Fraction& a, Whole times);
// The smallest multiple of `step` (at least 1) that is not below `value`.
Whole rounded_up(const Fraction& value, Whole step);

// "-12", "30/7": digits, at most one sign and one slash; at most 30 digits each.
std::optional<Fraction> parse_fraction(std::string_view text);
// "412.097": digits, at most six of them after a point; at most 10^9. In millionths.
std::optional<std::uint64_t> parse_millionths(std::string_view text);
std::string to_string(const Fraction& value);
std::string to_string(Whole value);

}  // namespace septet::verify
