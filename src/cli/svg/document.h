// cli/svg/document.h — an SVG 1.1 document as text: a few shapes, escaped, and nothing it would
// have to fetch.
//
// No scripts, links, styles or fonts of its own. `attributes` are ours: they are not escaped.
// Units.  Pixels; y grows downwards; text stands on its y.
// Shapes. Each function gives one element with its line end.
#pragma once

#include <string>
#include <string_view>

#include "cli/svg/text_fit.h"

namespace septet::cli::svg {

struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};

struct TextLook {
  Font font{};
  std::string_view fill = "#1a1a1a";
  std::string_view anchor = "start";  // or "middle", "end"
};

std::string escaped(std::string_view text);  // printable, for content and attributes
std::string number(double value);            // at most two decimals

std::string rect(Box box, std::string_view attributes);
std::string line(double x1, double y1, double x2, double y2, std::string_view attributes);
// Shortened to `width`; then the whole of it is its title. Clipped at it where the script makes the
// width a guess. Nothing for an empty text.
std::string text(double x, double y, std::string_view content, double width, TextLook look = {});
// `title` is what pointing at it shows, and what a screen reader says.
std::string group(std::string_view attributes, std::string_view title, std::string_view content);

struct Page {
  double width = 0, height = 0;
  std::string title, description, definitions, body;
};
std::string document(const Page& page);

}  // namespace septet::cli::svg
