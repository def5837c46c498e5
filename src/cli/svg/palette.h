// cli/svg/palette.h — fills that people tell apart, however they see colors.
//
// Eight light colors on which black text reads, and after these the same with stripes, dots and
// lines: 48 in all, then from the beginning again. A label stands beside every fill.
// Source. Colors: Paul Tol's "light" scheme (SRON/EPS/TN/09-002, issue 3.2), made for labeled cells
//         and checked by him for the common color vision deficiencies. Inks: his "vibrant" one.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace septet::cli::svg {

inline constexpr std::size_t kFills = 48;

// A value for fill="": of a key, or the gray of nobody's.
std::string fill_of(std::optional<std::size_t> key);
// The patterns that these keys need, and the hatching of what goes (kGoesFill).
std::string patterns_of(const std::set<std::size_t>& keys);

// A color for lines, dots and the outline of a fill: darker, told apart seven times (then a dash or
// a label must help).
inline constexpr std::size_t kInks = 7;
std::string_view ink_of(std::size_t key);

inline constexpr const char* kGoesFill = "url(#septet-goes)";

}  // namespace septet::cli::svg
