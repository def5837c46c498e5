// cli/top/frame.h — one screen of septet top: lines of text with the meaning of each stretch.
//
// Pure: (picture, view, width, height) -> lines; nothing is drawn here. A Frame has exactly
// `height` lines, none wider than `width` columns.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/top/sample.h"
#include "cli/top/view.h"

namespace septet::cli::top {

// What a stretch of text means; colors and attributes are the screen's.
enum class Style : std::uint8_t {
  kPlain,
  kStrong,
  kFaint,
  kTitle,     // of the table's columns
  kSortedBy,  // the column that orders the table
  kSelected,
  kLoud,  // what must not be overlooked: SIMULATED, PAUSED, the driver is away
  kGood,
  kSuspect,
  kBad,
  kFree,
  kStranded,
  kInstanceA,  // instances by profile, as neighbours are told apart
  kInstanceB,
  kInstanceC,
  kInstanceD,
  kInstanceE,
};

struct Span {
  std::string text;
  Style style = Style::kPlain;
};

// One line, filled from the left; what does not fit any more is cut.
class Line {
 public:
  Line(unsigned width, bool ascii) : width_(width), ascii_(ascii) {}
  Line& put(std::string_view text, Style style = Style::kPlain);
  // In a field of `columns`; `right`: aligned to its right end.
  Line& field(std::string_view text, unsigned columns, bool right, Style style);
  Line& to_column(unsigned column);  // spaces up to there
  Line& fill(std::string_view glyph, unsigned columns, Style style);
  unsigned columns() const { return columns_; }
  unsigned left() const { return width_ - columns_; }
  const std::vector<Span>& spans() const { return spans_; }
  void restyle(Style style);  // all of it

 private:
  unsigned width_;
  bool ascii_;
  unsigned columns_ = 0;
  std::vector<Span> spans_;
};

struct Picture {
  const Sample& sample;
  std::string host;
  std::string clock;              // when the sample was taken: "12:03:04"
  std::optional<unsigned> age_s;  // since then; only told beside a problem
  bool ascii = false;             // characters that every terminal has
};

struct Size {
  unsigned width = 80, height = 24;
};
inline constexpr Size kSmallest{60, 12};

struct Frame {
  std::vector<Line> lines;
  std::size_t scrolled = 0;  // View::scrolled, no further than there is something
};

// How many rows of the table (or lines of the open pane) that size shows; 0 when it is too small.
std::size_t page_of(const Sample& sample, const View& view, Size size);

// `table`: table_of(...) and `view`: settled(...) of it.
Frame frame_of(const Picture& picture, const View& view, const std::vector<Row>& table, Size size);

// The characters alone, without blanks at the ends: one frame for a pipe.
std::string plain_text(const Frame& frame);

}  // namespace septet::cli::top
