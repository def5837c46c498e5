#include "cli/top/frame.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/top/frame_parts.h"
#include "cli/top/text_columns.h"

namespace septet::cli::top {

namespace {

// Rows of the table that must stay before the map may take a line per GPU.
constexpr unsigned kFewestRowsBesideMap = 8;

unsigned header_height(const Sample& sample) { return sample.problem ? 3 : 2; }

// Lines of the screen, from the top: header, map, title and rows of the table, footer.
struct Division {
  unsigned map = 0, page = 0;
};
Division divide(const Sample& sample, const View& view, Size size) {
  const unsigned fixed = header_height(sample) + 1;  // the footer
  const unsigned rest = size.height > fixed ? size.height - fixed : 0;
  if (view.pane != Pane::kTable) return {0, rest};
  Division division{0, rest > 0 ? rest - 1 : 0};
  const auto gpus = static_cast<unsigned>(sample.node.gpus.size());
  if (view.map && division.page >= gpus + kFewestRowsBesideMap) {
    division.map = gpus;
    division.page -= gpus;
  }
  return division;
}

Frame too_small(Size size, bool ascii) {
  Frame frame;
  for (unsigned y = 0; y < size.height; ++y) frame.lines.emplace_back(size.width, ascii);
  const std::string lines[] = {
      fmt::format("septet top needs {}x{}", kSmallest.width, kSmallest.height),
      fmt::format("this terminal is {}x{}", size.width, size.height), "make it larger, or q: quit"};
  for (std::size_t i = 0; i < std::size(lines) && i < frame.lines.size(); ++i) {
    frame.lines[i].put(lines[i], i == 0 ? Style::kStrong : Style::kPlain);
  }
  return frame;
}

void add_table(const Picture& picture, const View& view, const std::vector<Row>& table,
               unsigned page, unsigned width, std::vector<Line>& lines) {
  lines.push_back(title_line(view, width, picture.ascii));
  for (std::size_t i = view.first; i < table.size() && i < view.first + page; ++i) {
    Line line = row_line(picture, table[i], width);
    if (i == view.at) {
      line.to_column(width);
      line.restyle(Style::kSelected);
    }
    lines.push_back(std::move(line));
  }
  if (!table.empty()) return;
  Line nothing(width, picture.ascii);
  const bool filtered = view.draft || !view.filter.empty();
  nothing.put(!picture.sample.answered ? " asking the driver ..."
              : filtered               ? " nothing here has these words (Esc: everything)"
                                       : " no GPU");
  lines.push_back(std::move(nothing));
}

std::size_t add_pane(const std::vector<Line>& pane, std::size_t scrolled, unsigned page,
                     std::vector<Line>& lines) {
  const std::size_t first = std::min(scrolled, pane.size() > page ? pane.size() - page : 0);
  for (std::size_t i = first; i < pane.size() && i < first + page; ++i) lines.push_back(pane[i]);
  return first;
}

}  // namespace

Line& Line::put(std::string_view text, Style style) {
  Fitted fitted = fit(text, left(), ascii_);
  if (fitted.text.empty()) return *this;
  columns_ += fitted.columns;
  if (!spans_.empty() && spans_.back().style == style) {
    spans_.back().text += fitted.text;
  } else {
    spans_.push_back({std::move(fitted.text), style});
  }
  return *this;
}

Line& Line::field(std::string_view text, unsigned columns, bool right, Style style) {
  const Fitted fitted = fit(text, std::min(columns, left()), ascii_);
  const std::string blank(columns - std::min(columns, fitted.columns), ' ');
  if (right) put(blank, Style::kPlain);
  put(fitted.text, style);
  if (!right) put(blank, Style::kPlain);
  return *this;
}

Line& Line::to_column(unsigned column) {
  if (column > columns_) put(std::string(std::min(column, width_) - columns_, ' '));
  return *this;
}

Line& Line::fill(std::string_view glyph, unsigned columns, Style style) {
  std::string text;
  for (unsigned i = 0; i < std::min(columns, left()); ++i) text += glyph;
  return put(text, style);
}

void Line::restyle(Style style) {
  std::string all;
  for (const Span& span : spans_) all += span.text;
  spans_.assign(1, Span{std::move(all), style});
}

std::size_t page_of(const Sample& sample, const View& view, Size size) {
  if (size.width < kSmallest.width || size.height < kSmallest.height) return 0;
  return divide(sample, view, size).page;
}

Frame frame_of(const Picture& picture, const View& view, const std::vector<Row>& table, Size size) {
  if (size.width < kSmallest.width || size.height < kSmallest.height) {
    return too_small(size, picture.ascii);
  }
  const Division division = divide(picture.sample, view, size);
  Frame frame;
  frame.lines = header_lines(picture, view, size.width);
  const std::size_t header = frame.lines.size();
  if (division.map > 0) {
    for (const mig::Gpu& gpu : picture.sample.node.gpus) {
      frame.lines.push_back(map_line(picture, gpu, size.width));
    }
  }
  switch (view.pane) {
    case Pane::kTable:
      add_table(picture, view, table, division.page, size.width, frame.lines);
      break;
    case Pane::kDetails:
      frame.scrolled = add_pane(details_lines(picture, view, table, size.width), view.scrolled,
                                division.page, frame.lines);
      break;
    case Pane::kHelp:
      frame.scrolled = add_pane(help_lines(size.width, picture.ascii), view.scrolled, division.page,
                                frame.lines);
      break;
  }
  if (picture.sample.problem) {  // what was true then, and may not be now
    for (std::size_t y = header; y < frame.lines.size(); ++y) frame.lines[y].restyle(Style::kFaint);
  }
  frame.lines.resize(size.height - 1, Line(size.width, picture.ascii));
  frame.lines.push_back(footer_line(view, table.size(), division.page, size.width, picture.ascii));
  return frame;
}

std::string plain_text(const Frame& frame) {
  std::string all;
  for (const Line& line : frame.lines) {
    std::string text;
    for (const Span& span : line.spans()) text += span.text;
    while (text.ends_with(' ')) text.pop_back();
    all += text + "\n";
  }
  return all;
}

}  // namespace septet::cli::top
