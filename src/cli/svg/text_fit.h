// cli/svg/text_fit.h — what a foreign text may show, how wide it gets, and how it is shortened.
//
// Units.  Pixels.
// Shapes. Everything given back is valid UTF-8 of characters that XML 1.0 allows.
// Source. Widths of ASCII: per character the widest of DejaVu Sans and Liberation Sans (as wide as
//         Arial and Helvetica), measured in a browser. What is drawn with other characters is an
//         estimate, and is clipped where it is drawn (document.h).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace septet::cli::svg {

struct Font {
  double size = 11;
  bool bold = false;
};

// Invalid UTF-8, control characters, what turns the direction of writing, and what XML cannot say
// become U+FFFD; tabs and line ends a space.
std::string printable(std::string_view text);

double width_of(std::string_view text, Font font);

// At most `width` wide: whole, or its beginning and an ellipsis; a short ending that begins with
// '#' (the number of a replica) stays. Empty when not even the ellipsis fits.
std::string fitted(std::string_view text, double width, Font font);

// In at most `most` lines, broken after spaces and -_./ or before # where there is one; the last
// one is fitted.
std::vector<std::string> lines_of(std::string_view text, double width, Font font, std::size_t most);

// The same number of lines, about as long as each other: no last line of one word.
std::vector<std::string> even_lines(std::string_view text, double width, Font font,
                                    std::size_t most);

}  // namespace septet::cli::svg
