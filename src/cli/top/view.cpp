#include "cli/top/view.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace septet::cli::top {

namespace {

constexpr std::array<double, 9> kIntervals = {0.2, 0.5, 1, 2, 3, 5, 10, 30, 60};
constexpr std::size_t kLongestFilter = 200;  // bytes

double slower(double interval) {
  const auto next = std::ranges::upper_bound(kIntervals, interval);
  return next == kIntervals.end() ? interval : *next;
}

double faster(double interval) {
  const auto here = std::ranges::lower_bound(kIntervals, interval);
  return here == kIntervals.begin() ? interval : *(here - 1);
}

// Whoever orders the table anew wants to see what stands first.
void select_first(View& view) {
  view.at = view.first = 0;
  view.selected.clear();
}

void sort_by(View& view, Column column) {
  select_first(view);
  if (view.sort == column) {
    view.reverse = !view.reverse;
    return;
  }
  view.sort = column;
  view.reverse = facts_of(column).largest_first;
}

void move_sort(View& view, int by) {
  const auto count = static_cast<int>(columns().size());
  const int now = static_cast<int>(view.sort);
  sort_by(view, columns()[static_cast<std::size_t>((now + by + count) % count)].column);
}

// Takes the last character off, whatever its length in UTF-8.
void erase_last(std::string& text) {
  while (!text.empty()) {
    const auto last = static_cast<unsigned char>(text.back());
    text.pop_back();
    if ((last & 0xc0u) != 0x80u) return;
  }
}

View typed(View view, const Key& key) {
  if (key.kind == KeyKind::kEnter) {
    view.filter = *view.draft;
    view.draft.reset();
  } else if (key.kind == KeyKind::kEscape) {
    view.draft.reset();
  } else if (key.kind == KeyKind::kBackspace) {
    erase_last(*view.draft);
  } else if (key.text == "\x15") {  // Ctrl-U
    view.draft->clear();
  } else if (key.kind == KeyKind::kCharacter && view.draft->size() < kLongestFilter &&
             static_cast<unsigned char>(key.text[0]) >= 0x20) {
    *view.draft += key.text;
  }
  return view;
}

std::size_t moved(std::size_t at, KeyKind kind, std::size_t count, std::size_t page) {
  const std::size_t last = count == 0 ? 0 : count - 1;
  const std::size_t step = page > 1 ? page - 1 : 1;
  switch (kind) {
    case KeyKind::kUp: return at == 0 ? 0 : at - 1;
    case KeyKind::kDown: return std::min(at + 1, last);
    case KeyKind::kPageUp: return at < step ? 0 : at - step;
    case KeyKind::kPageDown: return std::min(at + step, last);
    case KeyKind::kHome: return 0;
    case KeyKind::kEnd: return last;
    case KeyKind::kCharacter:
    case KeyKind::kLeft:
    case KeyKind::kRight:
    case KeyKind::kEnter:
    case KeyKind::kEscape:
    case KeyKind::kBackspace:
    case KeyKind::kHelp:
    case KeyKind::kOther: return at;
  }
  return at;
}

// Keys that mean the same wherever one is.
std::optional<Pressed> anywhere(View view, const std::string& text) {
  if (text == " ") {
    view.paused = !view.paused;
    return Pressed{view, view.paused ? Ask::kNothing : Ask::kSampleNow};
  }
  if (text == "+") view.interval_s = slower(view.interval_s);
  if (text == "-") view.interval_s = faster(view.interval_s);
  if (text == "+" || text == "-") return Pressed{view, Ask::kNothing};
  if (text == "R" || text == "\f") return Pressed{view, Ask::kRepaint};  // Ctrl-L as everywhere
  if (text == "c") return Pressed{view, Ask::kForgetXids};
  return std::nullopt;
}

Pressed in_pane(View view, const Key& key, std::size_t page) {
  const bool closes = key.kind == KeyKind::kEscape || key.kind == KeyKind::kEnter ||
                      key.kind == KeyKind::kLeft || key.kind == KeyKind::kHelp || key.text == "q" ||
                      key.text == "?";
  if (closes) {
    view.pane = Pane::kTable;
    view.scrolled = 0;
    return {view, Ask::kNothing};
  }
  if (const auto done = anywhere(view, key.text)) return *done;
  KeyKind kind = key.kind;
  if (key.text == "j") kind = KeyKind::kDown;
  if (key.text == "k") kind = KeyKind::kUp;
  constexpr std::size_t kEndless = 10'000;  // the frame shows what there is
  view.scrolled = moved(view.scrolled, kind, kEndless, page);
  return {view, Ask::kNothing};
}

void open_pane(View& view, Pane pane) {
  view.pane = pane;
  view.scrolled = 0;
}

// A letter in the table.
void letter(View& view, const std::string& text) {
  if (text == "t") view.tree = !view.tree;
  if (text == "f") view.free_rows = !view.free_rows;
  if (text == "m") view.map = !view.map;
  if (text == "r") {
    view.reverse = !view.reverse;
    select_first(view);
  }
  if (text == "/") view.draft = view.filter;
  if (text == "?" || text == "h") open_pane(view, Pane::kHelp);
  if (text == "<") move_sort(view, -1);
  if (text == ">") move_sort(view, 1);
  for (const ColumnFacts& facts : columns()) {
    if (text == std::string_view(&facts.key, 1)) sort_by(view, facts.column);
  }
}

bool alphanumeric(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; }
bool digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

// A number stands alone: "gpu1" is not in "gpu12", nor "42" in "4242".
bool says(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    const bool begins = !digit(word.front()) || at == 0 || !alphanumeric(text[at - 1]);
    const bool ends = !digit(word.back()) || end == text.size() || !alphanumeric(text[end]);
    if (begins && ends) return true;
  }
  return false;
}

bool holds_all(const Row& row, const std::string& filter) {
  constexpr std::size_t kPartOfUuid = 4;  // characters
  for (std::size_t begin = 0; begin < filter.size();) {
    const std::size_t end = std::min(filter.find(' ', begin), filter.size());
    std::string word = filter.substr(begin, end - begin);
    for (char& c : word) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const bool held = word.empty() || says(row.words, word) ||
                      (word.size() >= kPartOfUuid && row.uuids.contains(word));
    if (!held) return false;
    begin = end + 1;
  }
  return true;
}

// A GPU that is cut, and in which nothing is, would not be in a table of instances at all: its free
// places stand for it.
bool shown(const Row& row, const View& view, std::span<const Row> all) {
  if (row.kind == RowKind::kGpu) return view.tree;
  if (row.measured() || view.free_rows) return true;
  return std::ranges::none_of(all, [&row](const Row& other) {
    return other.gpu == row.gpu && other.gpu_instance.has_value();
  });
}

}  // namespace

std::vector<Row> table_of(std::vector<Row> rows, const View& view) {
  const std::string& filter = view.draft ? *view.draft : view.filter;
  std::vector<Row> table;
  for (Row& row : rows) {
    if (shown(row, view, rows) && (row.kind == RowKind::kGpu || holds_all(row, filter))) {
      table.push_back(row);
    }
  }
  if (!filter.empty()) {  // a heading stays for what is under it, or for itself
    const auto kept = table;
    std::erase_if(table, [&](const Row& row) {
      return row.kind == RowKind::kGpu && !holds_all(row, filter) &&
             std::ranges::none_of(kept, [&row](const Row& other) {
               return other.gpu == row.gpu && other.kind != RowKind::kGpu;
             });
    });
  }
  const auto in_order = [&view](const Row& a, const Row& b) {
    if (view.tree && a.gpu != b.gpu) {
      return view.sort == Column::kGpu && view.reverse ? b.gpu < a.gpu : a.gpu < b.gpu;
    }
    const bool heads = a.kind == RowKind::kGpu;
    if (heads != (b.kind == RowKind::kGpu)) return heads;
    return before(a, b, view.sort, view.reverse);
  };
  std::ranges::stable_sort(table, in_order);
  return table;
}

View settled(View view, std::span<const Row> table, std::size_t page) {
  const auto found = std::ranges::find(table, view.selected, &Row::key);
  if (found != table.end()) {
    view.at = static_cast<std::size_t>(found - table.begin());
  } else if (view.pane == Pane::kTable) {
    view.at = table.empty() ? 0 : std::min(view.at, table.size() - 1);
    view.selected = table.empty() ? "" : table[view.at].key;
  }
  const std::size_t most = table.size() > page ? table.size() - page : 0;
  view.first = std::min(view.first, most);
  if (view.at < view.first) view.first = view.at;
  if (page > 0 && view.at >= view.first + page) view.first = view.at - page + 1;
  return view;
}

Pressed press(const View& view, const Key& key, std::span<const Row> table, std::size_t page) {
  if (page == 0 && key.text == "q") return {view, Ask::kQuit};  // all that a small screen says
  if (view.draft) return {typed(view, key), Ask::kNothing};
  if (view.pane != Pane::kTable) return in_pane(view, key, page);
  if (key.text == "q") return {view, Ask::kQuit};
  if (const auto done = anywhere(view, key.text)) return *done;
  View next = view;
  if (key.kind == KeyKind::kHelp) open_pane(next, Pane::kHelp);
  if (key.kind == KeyKind::kLeft) move_sort(next, -1);
  if (key.kind == KeyKind::kRight) move_sort(next, 1);
  if (key.kind == KeyKind::kEscape) next.filter.clear();
  if (key.kind == KeyKind::kEnter && !table.empty()) open_pane(next, Pane::kDetails);
  KeyKind kind = key.kind;
  if (key.text == "j") kind = KeyKind::kDown;
  if (key.text == "k") kind = KeyKind::kUp;
  next.at =
      moved(std::min(next.at, table.empty() ? 0 : table.size() - 1), kind, table.size(), page);
  if (next.at < table.size()) next.selected = table[next.at].key;
  letter(next, key.text);
  return {next, Ask::kNothing};
}

}  // namespace septet::cli::top
