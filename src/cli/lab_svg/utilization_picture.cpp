// cli/lab_svg/utilization_picture.cpp — how busy the GPUs are over the run: a row per measure, a
// column per mode.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/lab_svg/mig_share.h"
#include "cli/lab_svg/pictures.h"
#include "cli/lab_svg/words.h"
#include "cli/svg/chart.h"
#include "cli/svg/palette.h"
#include "cli/svg/slide.h"

namespace septet::cli::lab_pictures {

// A name of its own: unity builds put all pictures into one file.
namespace utilization {
namespace {

using lab::Comparison, lab::ModeOutcome, lab::Scenario, lab::UtilizationSample;

constexpr double kMeasureNames = 168, kColumnGap = 16, kRowGap = 14, kColumnHead = 22;
constexpr std::size_t kMostPoints = 110;

struct Measure {
  const char* name;
  const char* meaning;
  double UtilizationSample::*of;
  double ModeOutcome::*mean;
  const char* fill;
  const char* stroke;
  bool share;
};

constexpr Measure kMeasures[] = {
    {"Engine active", "time in which any kernel runs, under MIG weighted by slices (DCGM 1001)",
     &UtilizationSample::engine_active, &ModeOutcome::engine_active, "#cfe3f5", "#0077bb", true},
    {"SM active",
     "SMs with work, of all that the GPU has: those that MIG strands are idle (DCGM 1002)",
     &UtilizationSample::sm_active, &ModeOutcome::sm_active, "#c8e9e4", "#00806f", true},
    {"Memory bandwidth", "share of the bandwidth used (DCGM 1005)", &UtilizationSample::dram_active,
     &ModeOutcome::dram_active, "#fbdcc7", "#c2540a", true},
    {"Power", "watts of all GPUs in use together", &UtilizationSample::watts, &ModeOutcome::watts,
     "#e3e3e3", "#555555", false}};

std::string watts_words(double watts) { return svg::short_number(watts) + " W"; }

svg::Axis height_of(const Measure& measure, const Comparison& comparison) {
  if (measure.share) {
    svg::Axis axis{0, 1, false, {}};
    for (const double at : {0.0, 0.5, 1.0}) axis.ticks.push_back({at, svg::percent_words(at)});
    return axis;
  }
  double most = 0;
  for (const ModeOutcome& mode : comparison.modes) {
    most = std::max(most, mode.*measure.mean);
    for (const UtilizationSample& sample : mode.utilization)
      most = std::max(most, sample.*measure.of);
  }
  return svg::linear_axis(0, most, 3, watts_words);
}

svg::Axis time_of(const Scenario& scenario, const Comparison& comparison) {
  double to = scenario.seconds;
  for (const ModeOutcome& mode : comparison.modes) {
    for (const UtilizationSample& sample : mode.utilization) to = std::max(to, sample.at);
  }
  return svg::time_axis(0, to, 3);
}

std::vector<svg::Point> points_of(const ModeOutcome& mode, const Measure& measure) {
  std::vector<svg::Point> points;
  for (const UtilizationSample& sample : mode.utilization)
    points.push_back({sample.at, sample.*measure.of});
  return svg::thinned(points, kMostPoints);
}

// Words on a light ground, so that the curve does not run through them.
std::string mean_label(const std::string& words, double x, double y, std::string_view ink) {
  constexpr svg::Font font{14, true};
  const double width = svg::width_of(words, font);
  return svg::rect({x - 4, y - 14, width + 8, 19}, "rx=\"3\" fill=\"#ffffff\" opacity=\"0.85\"") +
         svg::text(x, y, words, width + 2, {font, ink});
}

// The share of the SMs that instances hold at all: as high as SM-active gets under MIG.
std::optional<double> held_by_instances(const Scenario& scenario, const ModeOutcome& mode) {
  if (!partitions(mode.mode) || mode.layouts.empty()) return std::nullopt;
  double held = 0;
  for (const std::string& layout : mode.layouts) {
    const auto shares = shares_of(scenario.gpu.product, layout);
    if (!shares) return std::nullopt;
    held += 1 - stranded(*shares);
  }
  return held / static_cast<double>(mode.layouts.size());
}

std::string ceiling_drawn(double held, double y, svg::Box plot) {
  return svg::rect({plot.x, plot.y, plot.width, y - plot.y}, "fill=\"url(#septet-goes)\"") +
         svg::line(plot.x, y, plot.x + plot.width, y, "stroke=\"#8a9099\"") +
         svg::text(plot.x + plot.width - 5, y + 13,
                   fmt::format("at most {}", svg::percent_words(held)), plot.width - 70,
                   {kSmall, kGray, "end"});
}

struct CellAxes {
  const svg::Axis &time, &height;
  std::optional<double> ceiling{};
  bool last = false;  // with labels of time below
};

std::string cell(const Measure& measure, const ModeOutcome& mode, const CellAxes& axes,
                 svg::Box plot) {
  const svg::Scales scales{axes.time, axes.height};
  const double foot = plot.y + plot.height;
  std::string out = svg::plot_ground(plot) + svg::across_grid(axes.time, plot, axes.last) +
                    svg::upright_grid(axes.height, plot, false);
  const auto points = points_of(mode, measure);
  out += svg::area(points, scales, plot, false, measure.fill);
  out += svg::curve(points, scales, plot, false, {measure.stroke, 1.3, {}});
  double top = plot.y;
  if (axes.ceiling) {
    top = svg::along(axes.height, *axes.ceiling, foot, plot.y);
    out += ceiling_drawn(*axes.ceiling, top, plot);
  }
  const double mean = mode.*measure.mean;
  const double y = svg::along(axes.height, mean, foot, plot.y);
  out += svg::line(plot.x, y, plot.x + plot.width, y,
                   "class=\"mean\" stroke=\"#1a1a1a\" stroke-width=\"1.2\" "
                   "stroke-dasharray=\"5 3\"");
  // Where the line is not: below it if it is high.
  const bool high = y < plot.y + plot.height / 2;
  const std::string words = measure.share ? svg::percent_words(mean) : watts_words(mean);
  return svg::group("class=\"utilization\"",
                    fmt::format("{}, {}: mean {}", short_name(mode.mode), measure.name, words),
                    out + svg::rect(plot, "fill=\"none\" stroke=\"#b8bec6\"") +
                        mean_label(words, plot.x + 8, high ? foot - 8 : top + 17, "#1a1a1a"));
}

std::string column(const Scenario& scenario, const ModeOutcome& mode,
                   const std::vector<svg::Box>& cells, const svg::Axis& time,
                   const Comparison& comparison) {
  std::string out = svg::text(cells[0].x, cells[0].y - 8, short_name(mode.mode),
                              cells[0].width - 42, {{14, true}, kInk});
  if (!possible(mode)) {
    const svg::Box whole{cells[0].x, cells[0].y, cells[0].width,
                         cells.back().y + cells.back().height - cells[0].y};
    return out + impossible_words(mode, whole);
  }
  out += svg::text(cells[0].x + cells[0].width, cells[0].y - 8, counted(mode.gpus, "GPU"), 48,
                   {kSmall, kGray, "end"});
  for (std::size_t row = 0; row < cells.size(); ++row) {
    const Measure& measure = kMeasures[row];
    const svg::Axis height = height_of(measure, comparison);
    const bool sms = measure.of == &UtilizationSample::sm_active;
    out += cell(measure, mode,
                {time, height, sms ? held_by_instances(scenario, mode) : std::nullopt,
                 row + 1 == cells.size()},
                cells[row]);
  }
  return out;
}

// "SM active: 8.1 % on 7 whole GPUs, 40 % under time-slicing, 57 % under MPS and MIG"
std::string title_of(const Comparison& comparison) {
  std::vector<std::pair<std::string, std::vector<std::string>>> shares;
  std::vector<std::string> parts;
  for (const ModeOutcome& mode : comparison.modes) {
    if (!possible(mode)) continue;
    const std::string share = svg::percent_words(mode.sm_active);
    if (mode.mode == lab::Mode::kWholeGpu) {
      parts.push_back(
          fmt::format("{} on {}", share,
                      mode.gpus == 1 ? "a whole GPU" : fmt::format("{} whole GPUs", mode.gpus)));
      continue;
    }
    auto alike = std::ranges::find(shares, share, &decltype(shares)::value_type::first);
    if (alike == shares.end()) alike = shares.insert(shares.end(), {share, {}});
    alike->second.push_back(inside(mode.mode));
  }
  for (const auto& [share, modes] : shares)
    parts.push_back(fmt::format("{} under {}", share, listed(modes)));
  if (parts.empty()) return "No mode can run this";
  std::string title = "SM active: ";
  for (std::size_t i = 0; i < parts.size(); ++i) title += (i == 0 ? "" : "; ") + parts[i];
  return title;
}

}  // namespace
}  // namespace utilization

std::string utilization_picture(const lab::Scenario& scenario, const lab::Comparison& comparison) {
  using namespace utilization;
  const svg::Slide page = svg::slide(
      {title_of(comparison),
       "Same offered load in every mode; the mean over the GPUs in use, dashed, is over the "
       "counted "
       "part of the run. More on fewer GPUs is the same work: read it with GPUs used and latency.",
       origin(scenario)});
  const std::size_t modes = comparison.modes.size(), rows = std::size(kMeasures);
  const svg::Box grid{page.body.x + kMeasureNames, page.body.y + kColumnHead,
                      page.body.width - kMeasureNames,
                      page.body.height - kColumnHead - svg::kBelow};
  const svg::Axis time = time_of(scenario, comparison);
  const auto boxes = svg::panels(modes * rows, modes, grid, kColumnGap, kRowGap);
  std::string out;
  for (std::size_t m = 0; m < modes; ++m) {
    std::vector<svg::Box> cells;
    for (std::size_t row = 0; row < rows; ++row) cells.push_back(boxes[row * modes + m]);
    out += column(scenario, comparison.modes[m], cells, time, comparison);
  }
  for (std::size_t row = 0; row < rows && modes > 0; ++row) {
    const svg::Box& first = boxes[row * modes];
    const Measure& measure = kMeasures[row];
    double y = first.y + 16;
    for (const std::string& one : svg::lines_of(measure.name, 118, {14, true}, 2)) {
      out += svg::text(page.body.x, y, one, 124, {{14, true}, kInk});
      y += 16;
    }
    y -= 16;
    for (const std::string& one : svg::lines_of(measure.meaning, 122, kSmall, 6))
      out += svg::text(page.body.x, y += 14, one, 124, {kSmall, kGray});
    for (const svg::Tick& tick : height_of(measure, comparison).ticks) {
      const double at =
          svg::along(height_of(measure, comparison), tick.at, first.y + first.height, first.y);
      out += svg::text(first.x - 5, at + 4, tick.label, 60, {svg::kTickFont, kGray, "end"});
    }
  }
  return svg::to_svg(page, out, page.body.height, svg::patterns_of({}));
}

}  // namespace septet::cli::lab_pictures
