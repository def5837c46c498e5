// cli/lab_svg/faults_picture.cpp — who goes down of what, and for how long: modes by faults.
#include <fmt/format.h>

#include <algorithm>

#include "cli/lab_svg/pictures.h"
#include "cli/lab_svg/words.h"
#include "cli/svg/chart.h"
#include "cli/svg/palette.h"
#include "cli/svg/slide.h"

namespace septet::cli::lab_pictures {

// A name of its own: unity builds put all pictures into one file.
namespace faults {
namespace {

using lab::Comparison, lab::FaultKind, lab::FaultRow, lab::Mode, lab::ModeOutcome, lab::Scenario;

constexpr double kModeNames = 130, kHead = 46, kGap = 8;
constexpr std::string_view kDownFill = "#ee8866", kOnFill = "#ffffff";

std::size_t down_of(const FaultRow& row) {
  return static_cast<std::size_t>(
      std::ranges::count_if(row.down, [](const auto& one) { return one.has_value(); }));
}

bool is_away(const FaultRow& row, std::size_t tenant) {
  return tenant < row.away.size() && row.away[tenant];
}

std::size_t there_of(const FaultRow& row) {
  return row.down.size() - static_cast<std::size_t>(std::ranges::count(row.away, true));
}

// Of several culprits the one who takes most others down.
const FaultRow* row_of(const Comparison& comparison, Mode mode, FaultKind kind) {
  const FaultRow* worst = nullptr;
  for (const FaultRow& row : comparison.faults) {
    if (row.mode != mode || row.kind != kind) continue;
    if (worst == nullptr || down_of(row) > down_of(*worst)) worst = &row;
  }
  return worst;
}

std::vector<FaultKind> kinds_of(const Comparison& comparison) {
  std::vector<FaultKind> kinds;
  for (const FaultRow& row : comparison.faults)
    if (!holds(kinds, row.kind)) kinds.push_back(row.kind);
  std::ranges::sort(kinds);
  return kinds;
}

std::string how_long(const FaultRow& row) {
  double least = 0, most = 0;
  bool any = false;
  for (const auto& seconds : row.down) {
    if (!seconds) continue;
    least = any ? std::min(least, *seconds) : *seconds;
    most = any ? std::max(most, *seconds) : *seconds;
    any = true;
  }
  if (!any) return {};
  const std::string to = svg::seconds_words(most), from = svg::seconds_words(least);
  return from == to ? to : fmt::format("{} to {}", from, to);
}

// One square per tenant, crossed if it goes down.
std::string squares(const FaultRow& row, double x, double y, double width) {
  const double step = std::min(17.0, width / static_cast<double>(row.down.size()));
  const double side = std::max(step - 4, 1.0);
  std::string out;
  for (std::size_t i = 0; i < row.down.size(); ++i) {
    const svg::Box box{x + step * static_cast<double>(i), y, side, side};
    const bool down = row.down[i].has_value();
    if (is_away(row, i)) {
      out += svg::rect(box,
                       "class=\"away\" fill=\"none\" stroke=\"#9aa0a8\" "
                       "stroke-dasharray=\"2 2\"");
      continue;
    }
    out += svg::rect(box, fmt::format("class=\"{}\" fill=\"{}\" stroke=\"#444444\" "
                                      "stroke-width=\"{}\"",
                                      down ? "down" : "on", down ? kDownFill : kOnFill,
                                      i == row.culprit ? "2.4" : "0.9"));
    if (down && side > 5) {
      out += svg::line(box.x + 2.5, box.y + 2.5, box.x + side - 2.5, box.y + side - 2.5,
                       "stroke=\"#1a1a1a\" stroke-width=\"1.4\"");
      out += svg::line(box.x + side - 2.5, box.y + 2.5, box.x + 2.5, box.y + side - 2.5,
                       "stroke=\"#1a1a1a\" stroke-width=\"1.4\"");
    }
  }
  return out;
}

// Without the source in brackets at its end, which the title of the cell has.
std::string_view without_source(std::string_view why) {
  if (!why.ends_with(')')) return why;
  why = why.substr(0, why.rfind('('));
  while (why.ends_with(' ')) why.remove_suffix(1);
  return why;
}

std::string nobody_cell(std::string_view why, svg::Box box) {
  std::string out = svg::rect(box, "fill=\"#f4f5f7\" stroke=\"#d9dde2\"");
  const auto lines = svg::lines_of(why, box.width - 20, kSmall, 3);
  double y = box.y + box.height / 2 - 7 * static_cast<double>(lines.size()) + 11;
  for (const std::string& one : lines) {
    out += svg::text(box.x + box.width / 2, y, one, box.width - 16, {kSmall, kGray, "middle"});
    y += 14;
  }
  return out;
}

std::string cell(const FaultRow* row, svg::Box box) {
  if (row == nullptr) return nobody_cell("not simulated", box);
  const std::size_t down = down_of(*row), of = there_of(*row);
  if (down == 0) return nobody_cell(row->why.empty() ? "nobody goes down" : row->why, box);
  const bool all = down == of && of > 1;
  std::string out =
      svg::rect(box, fmt::format("fill=\"{}\" stroke=\"#b8bec6\"", all ? "#fbe3da" : "#ffffff"));
  const double inner = box.width - 16;
  const std::string words = fmt::format("{} of {} down", down, of);
  out += svg::text(box.x + 8, box.y + 18, words, inner, {{13, true}, all ? kBad : kInk});
  out += squares(*row, box.x + 8, box.y + 25, inner);
  const double taken = svg::width_of(words, {13, true}) + 6;
  out += svg::text(box.x + 8 + taken, box.y + 18, how_long(*row), inner - taken, {kBody, kInk});
  double y = box.y + 53;
  const auto room = static_cast<std::size_t>(std::max((box.y + box.height - y + 9) / 13, 0.0));
  constexpr svg::Font font{10.5, false};
  for (const std::string& one :
       svg::lines_of(without_source(row->why), inner, font, std::min<std::size_t>(room, 3))) {
    out += svg::text(box.x + 8, y, one, inner, {font, kGray});
    y += 13;
  }
  return svg::group("class=\"fault\"", row->why, out);
}

struct Contrast {
  FaultKind kind = FaultKind::kProcessCrash;
  const FaultRow *most = nullptr, *least = nullptr;
  std::size_t apart = 0;
};

// Of one fault: the mode in which most go down, and the one in which fewest do.
Contrast contrast_of(const Comparison& comparison, FaultKind kind) {
  Contrast out{kind};
  for (const ModeOutcome& mode : comparison.modes) {
    const FaultRow* row = possible(mode) ? row_of(comparison, mode.mode, kind) : nullptr;
    // Nobody: what fails is not there in this mode.
    if (row == nullptr || down_of(*row) == 0) continue;
    if (out.most == nullptr || down_of(*row) > down_of(*out.most)) out.most = row;
    const bool fewer = out.least == nullptr || down_of(*row) < down_of(*out.least);
    // Of equals MIG is told.
    if (fewer || (down_of(*row) == down_of(*out.least) && mode.mode == Mode::kMig)) out.least = row;
  }
  if (out.most != nullptr) out.apart = down_of(*out.most) - down_of(*out.least);
  return out;
}

// The two faults over which the modes differ most, in different modes:
// "Out of memory: 7 of 7 go down under time-slicing, 1 under MIG; kernel fault: 7 of 7 under MPS"
std::string title_of(const Comparison& comparison, const std::vector<FaultKind>& kinds) {
  std::vector<Contrast> all;
  for (const FaultKind kind : kinds) {
    const Contrast one = contrast_of(comparison, kind);
    if (one.apart > 0) all.push_back(one);
  }
  std::ranges::stable_sort(all, std::ranges::greater{}, &Contrast::apart);
  std::string title;
  std::vector<Mode> told;
  for (const Contrast& one : all) {
    if (told.size() == 2 || holds(told, one.most->mode)) continue;
    title += fmt::format("{}{}: {} of {}{} under {}, {} under {}", told.empty() ? "" : "; ",
                         told.empty() ? std::string(short_name(one.kind)) : inside(one.kind),
                         down_of(*one.most), there_of(*one.most), told.empty() ? " go down" : "",
                         inside(one.most->mode), down_of(*one.least), inside(one.least->mode));
    told.push_back(one.most->mode);
  }
  return title.empty() ? "Who goes down with whom, by sharing mode" : title;
}

std::string legend_row(double x, double y, double width, bool any_away) {
  const auto sample = [](std::size_t culprit, std::optional<double> down, bool away) {
    const FaultRow row{Mode::kMig, FaultKind::kProcessCrash, culprit, {down}, "", {away}};
    return squares(row, 6, 0, 20);
  };
  std::vector<svg::LegendEntry> entries = {
      {sample(9, std::nullopt, false), "a tenant that goes on"},
      {sample(9, 1.0, false), "goes down"},
      {sample(0, 1.0, false), "whose process it is that fails"}};
  if (any_away) entries.push_back({sample(9, std::nullopt, true), "has no instance then"});
  return svg::legend(entries, x, y, width).elements;
}

}  // namespace
}  // namespace faults

std::string faults_picture(const lab::Scenario& scenario, const lab::Comparison& comparison) {
  using namespace faults;
  const auto kinds = kinds_of(comparison);
  if (kinds.empty()) return {};
  std::vector<const ModeOutcome*> modes;
  for (const ModeOutcome& mode : comparison.modes)
    if (possible(mode)) modes.push_back(&mode);
  const svg::Slide page = svg::slide(
      {title_of(comparison, kinds),
       "Which tenants stop serving, and how long until they serve again. One square per tenant, "
       "in the order of the scenario.",
       "Who is reached: by NVIDIA's documentation and reports; recovery times: assumed. Each with "
       "its source in septet lab compare --json. " +
           origin(scenario)});
  const double legend_height = 26;
  const svg::Box area{page.body.x + kModeNames, page.body.y + kHead, page.body.width - kModeNames,
                      page.body.height - kHead - legend_height};
  const auto cells = svg::panels(modes.size() * kinds.size(), kinds.size(), area, kGap, kGap);
  std::string out;
  for (std::size_t k = 0; k < kinds.size() && !cells.empty(); ++k) {
    out += svg::text(cells[k].x + 2, page.body.y + 18, short_name(kinds[k]), cells[k].width,
                     {{14, true}, kInk});
    out += svg::text(cells[k].x + 2, page.body.y + 34, known_as(kinds[k]), cells[k].width,
                     {kSmall, kGray});
  }
  for (std::size_t m = 0; m < modes.size(); ++m) {
    const svg::Box& first = cells[m * kinds.size()];
    double y = first.y + 20;
    for (const std::string& one :
         svg::lines_of(short_name(modes[m]->mode), kModeNames - 12, kHeading, 2)) {
      out += svg::text(page.body.x, y, one, kModeNames - 8, {kHeading, kInk});
      y += 18;
    }
    for (std::size_t k = 0; k < kinds.size(); ++k)
      out += cell(row_of(comparison, modes[m]->mode, kinds[k]), cells[m * kinds.size() + k]);
  }
  const bool any_away = std::ranges::any_of(
      comparison.faults, [](const FaultRow& row) { return holds(row.away, true); });
  out += legend_row(area.x, page.body.y + page.body.height - 14, area.width, any_away);
  return svg::to_svg(page, out, page.body.height, {});
}

}  // namespace septet::cli::lab_pictures
