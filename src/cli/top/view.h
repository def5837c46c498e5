// cli/top/view.h — how the node is looked at, and what a key changes about that.
//
// Pure: keys in, views out. The selected row is kept by its key, so that it stays selected when the
// order changes around it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "cli/top/columns.h"

namespace septet::cli::top {

enum class Pane : std::uint8_t { kTable, kDetails, kHelp };

struct View {
  Column sort = Column::kGpu;
  bool reverse = false;
  std::string filter;                // words that all must be in a row
  std::optional<std::string> draft;  // a filter that is being typed, and holds already
  bool tree = false;                 // under headings by GPU
  bool free_rows = false;            // with a row per free and per stranded place
  bool map = true;                   // a line per GPU, where there is room
  bool paused = false;
  double interval_s = 1;
  Pane pane = Pane::kTable;
  std::string selected;      // Row::key
  std::size_t at = 0;        // where that row is in the table
  std::size_t first = 0;     // the first row of the table that is on the screen
  std::size_t scrolled = 0;  // lines of the details or of the help above the screen
};

enum class KeyKind : std::uint8_t {
  kCharacter,
  kUp,
  kDown,
  kLeft,
  kRight,
  kPageUp,
  kPageDown,
  kHome,
  kEnd,
  kEnter,
  kEscape,
  kBackspace,
  kHelp,  // F1
  kOther
};
struct Key {
  KeyKind kind = KeyKind::kOther;
  std::string text;  // of kCharacter: one character in UTF-8
};

// What is asked of the rest of the program.
enum class Ask : std::uint8_t { kNothing, kQuit, kSampleNow, kForgetXids, kRepaint };
struct Pressed {
  View view;
  Ask ask = Ask::kNothing;
};

// `page`: rows of the table (or lines of the pane) on the screen; 0: it is too small for any.
Pressed press(const View& view, const Key& key, std::span<const Row> table, std::size_t page);

// The rows that `view` shows, in its order.
std::vector<Row> table_of(std::vector<Row> rows, const View& view);

// The view after the table changed under it: the selected row is found again, or the one that took
// its place; the rows on the screen hold it.
View settled(View view, std::span<const Row> table, std::size_t page);

}  // namespace septet::cli::top
