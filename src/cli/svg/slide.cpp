#include "cli/svg/slide.h"

#include <algorithm>
#include <vector>

namespace septet::cli::svg {

namespace {

constexpr Font kTitle{23, true}, kSubtitle{14, false}, kFooter{11, false};
constexpr double kWide = kSlideWidth - 2 * kSlideMargin;
constexpr double kTitleLine = 29, kSubtitleLine = 19, kFooterLine = 15, kAround = 12;

std::vector<std::string> title_lines(const SlideWords& words) {
  return even_lines(words.title, kWide, kTitle, 2);
}
std::vector<std::string> subtitle_lines(const SlideWords& words) {
  return even_lines(words.subtitle, kWide, kSubtitle, 2);
}
std::vector<std::string> footer_lines(const SlideWords& words) {
  return even_lines(words.footer, kWide, kFooter, 4);
}

double rows(const std::vector<std::string>& lines, double each) {
  return static_cast<double>(lines.size()) * each;
}

}  // namespace

Slide slide(SlideWords words) {
  const double top = 24 + rows(title_lines(words), kTitleLine) +
                     rows(subtitle_lines(words), kSubtitleLine) + kAround;
  const double foot = rows(footer_lines(words), kFooterLine) + kAround + 16;
  const Box body{kSlideMargin, top, kWide, kSlideHeight - top - foot};
  return {std::move(words), body};
}

std::string to_svg(const Slide& slide, const std::string& drawing, double height,
                   std::string definitions) {
  std::string out;
  double y = 20;
  for (const std::string& one : title_lines(slide.words)) {
    y += kTitleLine;
    out += text(kSlideMargin, y, one, kWide, {kTitle});
  }
  for (const std::string& one : subtitle_lines(slide.words)) {
    y += kSubtitleLine;
    out += text(kSlideMargin, y + 3, one, kWide, {kSubtitle, "#333333"});
  }
  out += drawing;
  const double end = slide.body.y + std::max(height, slide.body.height);
  y = end + kAround;
  if (!slide.words.footer.empty())
    out += line(kSlideMargin, y, kSlideMargin + kWide, y, "stroke=\"#d9dde2\"");
  for (const std::string& one : footer_lines(slide.words)) {
    y += kFooterLine;
    out += text(kSlideMargin, y, one, kWide, {kFooter, "#555555"});
  }
  return document({kSlideWidth, std::max(kSlideHeight, y + 16), slide.words.title,
                   slide.words.subtitle + " " + slide.words.footer, std::move(definitions),
                   std::move(out)});
}

}  // namespace septet::cli::svg
