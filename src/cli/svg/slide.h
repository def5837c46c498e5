// cli/svg/slide.h — a page for a projector: a title that states the finding, one drawing, a footer
// that says where it is from.
//
// Units.  Pixels. 1280 by 720; taller only when the drawing needs it.
// Shapes. Title at most two lines, subtitle two, footer four; what does not fit ends in an ellipsis
//         and is whole in the title of its element.
#pragma once

#include <string>

#include "cli/svg/document.h"

namespace septet::cli::svg {

inline constexpr double kSlideWidth = 1280, kSlideHeight = 720, kSlideMargin = 36;

struct SlideWords {
  std::string title, subtitle, footer;
};

struct Slide {
  SlideWords words;
  Box body;  // what is free for the drawing on a page of kSlideHeight
};
Slide slide(SlideWords words);

// The document. `height`: what the drawing took, from body.y; the page grows if it is more than
// body.height.
std::string to_svg(const Slide& slide, const std::string& drawing, double height,
                   std::string definitions);

}  // namespace septet::cli::svg
