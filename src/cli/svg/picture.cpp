#include "cli/svg/picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/svg/palette.h"

namespace septet::cli::svg {

namespace {

constexpr double kMargin = 24, kLabel = 140, kBetween = 30, kRow = kBoardHeight + 8;
constexpr double kAlone = 640, kBeside = 480;  // width of a board in a column of its own
constexpr std::string_view kGray = "#555555";
constexpr Font kSmall{10.5, false}, kBody{12, false}, kHeading{14, true};

// Writes from the top of the page to its end.
class PageWriter {
 public:
  explicit PageWriter(const Picture& picture)
      : picture_(picture),
        columns_(std::max<std::size_t>(picture.columns.size(), 1)),
        board_(columns_ == 1 ? kAlone : kBeside),
        width_(kLabel + static_cast<double>(columns_) * (board_ + kBetween) - kBetween) {}

  std::string document_text() {
    heading();
    columns();
    sections();
    keys();
    signs();
    list();
    std::string description;
    for (const std::string& paragraph : picture_.summary)
      description += (description.empty() ? "" : " ") + paragraph;
    return document({width_ + 2 * kMargin, y_ + kMargin, picture_.title, description,
                     patterns_of(used_), std::move(body_)});
  }

 private:
  void paragraph(const std::string& words, Font font, std::string_view fill, double step) {
    for (const std::string& one : lines_of(words, width_, font, 6)) {
      y_ += step;
      body_ += text(kMargin, y_, one, width_, {font, fill});
    }
  }

  void heading() {
    y_ = kMargin;
    paragraph(picture_.title, {18, true}, "#1a1a1a", 20);
    for (const std::string& one : picture_.summary) paragraph(one, kBody, "#333333", 18);
    y_ += 8;
  }

  double column_x(std::size_t column) const {
    return kMargin + kLabel + static_cast<double>(column) * (board_ + kBetween);
  }

  void columns() {
    const bool any =
        std::ranges::any_of(picture_.columns, [](const auto& c) { return !c.empty(); });
    if (!any || rows_of_all() == 0) return;
    y_ += 18;
    for (std::size_t c = 0; c < picture_.columns.size(); ++c)
      body_ += text(column_x(c), y_, picture_.columns[c], board_, {kHeading});
    y_ += 6;
  }

  std::size_t rows_of_all() const {
    std::size_t rows = 0;
    for (const Section& section : picture_.sections) rows += section.rows.size();
    return rows;
  }

  void sections() {
    std::uint64_t left_rows = 0, left_gpus = 0;
    std::size_t drawn_rows = 0;
    for (const Section& section : picture_.sections) {
      if (drawn_rows < kMostRows || section.rows.empty()) section_words(section);
      for (const BoardRow& one : section.rows) {
        if (drawn_rows < kMostRows) {
          row(one);
          ++drawn_rows;
        } else {
          ++left_rows;
          left_gpus += one.gpus;
        }
      }
    }
    if (left_rows == 0) return;
    y_ += 6;
    paragraph(fmt::format("and {} more rows ({} GPUs), which --json has", left_rows, left_gpus),
              kHeading, "#1a1a1a", 18);
  }

  void section_words(const Section& section) {
    if (section.heading.empty() && section.note.empty()) return;
    y_ += 10;
    paragraph(section.heading, kHeading, "#1a1a1a", 16);
    paragraph(section.note, kBody, kGray, 16);
    y_ += 6;
  }

  void row(const BoardRow& row) {
    y_ += 4;
    double note_y = y_ + 22;
    body_ += text(kMargin, note_y, row.label, kLabel - 12, {{13, true}});
    std::size_t lines_left = 4;
    for (const std::string& note : row.notes) {
      for (const std::string& one : lines_of(note, kLabel - 12, kSmall, lines_left)) {
        note_y += 13;
        body_ += text(kMargin, note_y, one, kLabel - 12, {kSmall, kGray});
        --lines_left;
      }
    }
    for (std::size_t c = 0; c < std::min(row.boards.size(), columns_); ++c) {
      const bool named = c < picture_.columns.size() && !picture_.columns[c].empty();
      body_ += drawn(row.boards[c], named ? row.label + " " + picture_.columns[c] : row.label,
                     column_x(c), y_, board_);
      look_at(row.boards[c]);
    }
    y_ += kRow;
  }

  void look_at(const Board& board) {
    for (const DrawnInstance& instance : board.instances) {
      if (instance.key) used_.insert(*instance.key);
      for (const Occupant& who : instance.occupants)
        if (who.key) used_.insert(*who.key);
      fates_.insert(instance.fate);
      in_use_ = in_use_ || instance.in_use;
      changes_ = changes_ || (instance.fate == Fate::kStays && !instance.steps.empty());
      bare_ = bare_ || instance.compute.empty();
    }
  }

  void keys() {
    if (picture_.keys.empty()) return;
    y_ += 14;
    const auto across = static_cast<std::size_t>(width_ / 250);
    const double each = width_ / static_cast<double>(across);
    for (std::size_t k = 0; k < picture_.keys.size(); ++k) {
      const KeyEntry& entry = picture_.keys[k];
      const double x = kMargin + static_cast<double>(k % across) * each;
      if (k % across == 0) y_ += k == 0 ? 10 : 32;
      used_.insert(entry.key);
      body_ += rect({x, y_ - 10, 26, 22},
                    fmt::format("fill=\"{}\" stroke=\"#555555\"", fill_of(entry.key)));
      const double room = each - 46;
      body_ += text(x + 34, entry.note.empty() ? y_ + 5 : y_, entry.name, room, {{12, true}});
      body_ += text(x + 34, y_ + 12, entry.note, room, {kSmall, kGray});
    }
    y_ += 22;
  }

  // What the signs in the boxes mean, those that are there.
  void signs() {
    if (fates_.empty()) return;
    std::string words =
        "A box spans its memory units, counted below it; the bars at its foot are its "
        "compute slices, one bar per compute instance";
    words += bare_ ? ", hollow where there is none." : ".";
    if (fates_.contains(Fate::kNew)) words += " + new, by that step.";
    if (fates_.contains(Fate::kGoes)) words += " \xe2\x88\x92 destroyed, by that step.";
    if (fates_.contains(Fate::kStays)) words += " = stays.";
    if (changes_) words += " \xc2\xb1 stays, with other compute instances inside.";
    if (in_use_) words += " \xe2\x97\x8f in use.";
    paragraph(words, {11, false}, kGray, 16);
  }

  void list() {
    if (picture_.list.empty()) return;
    y_ += 14;
    paragraph(picture_.list_heading, kHeading, "#1a1a1a", 16);
    y_ += 4;
    const std::size_t shown = std::min(picture_.list.size(), kMostLines);
    const std::size_t across = columns_ == 1 ? 1 : 2;
    const std::size_t down = (shown + across - 1) / across;
    const double each =
        (width_ - kBetween * static_cast<double>(across - 1)) / static_cast<double>(across);
    for (std::size_t i = 0; i < shown; ++i) {
      const std::size_t column = i / down;
      const double x = kMargin + static_cast<double>(column) * (each + kBetween);
      const double y = y_ + 16 * static_cast<double>(i % down + 1);
      body_ += text(x + 24, y, picture_.list[i].number, 26, {{11.5, true}, "#1a1a1a", "end"});
      body_ += text(x + 34, y, picture_.list[i].text, each - 34, {{11.5}});
    }
    y_ += 16 * static_cast<double>(down);
    if (picture_.list.size() > shown)
      paragraph(fmt::format("and {} more, which --json has", picture_.list.size() - shown), kBody,
                kGray, 16);
  }

  const Picture& picture_;
  const std::size_t columns_;
  const double board_, width_;
  double y_ = 0;
  std::string body_;
  std::set<std::size_t> used_;
  std::set<Fate> fates_;
  bool in_use_ = false, changes_ = false, bare_ = false;
};

}  // namespace

std::string to_svg(const Picture& picture) { return PageWriter(picture).document_text(); }

}  // namespace septet::cli::svg
