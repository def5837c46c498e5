// cli/svg/picture.h — a page of boards: headings, rows of GPUs with one board per column, the
// colors, and a numbered list.
//
// A plan draws two columns (before, after); a fleet one; a transition as many as it has states.
// Shapes. As tall as it takes up to kMostRows rows and kMostLines lines of the list; what is left
//         out is said, with its number of GPUs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/svg/board.h"

namespace septet::cli::svg {

inline constexpr std::size_t kMostRows = 200;
inline constexpr std::size_t kMostLines = 400;

struct BoardRow {
  std::string label;               // "GPU 3", "37 GPUs"
  std::vector<std::string> notes;  // below it, small, at most four lines in all
  std::vector<Board> boards;       // one per column; fewer: the others stay blank
  std::uint64_t gpus = 1;
};

struct Section {
  std::string heading, note;  // either may be empty
  std::vector<BoardRow> rows;
};

struct KeyEntry {
  std::size_t key = 0;
  std::string name, note;
};

struct NumberedLine {
  std::string number, text;
};

struct Picture {
  std::string title;
  std::vector<std::string> summary;  // paragraphs under the title; also for screen readers
  std::vector<std::string> columns;  // headings of the columns; at least one, may be ""
  std::vector<Section> sections;
  std::vector<KeyEntry> keys;
  std::string list_heading;
  std::vector<NumberedLine> list;
};

// The whole SVG document. The same picture gives the same characters.
std::string to_svg(const Picture& picture);

}  // namespace septet::cli::svg
