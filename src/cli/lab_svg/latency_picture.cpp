// cli/lab_svg/latency_picture.cpp — how long answers take: one panel per mode, one row per tenant.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/lab_svg/pictures.h"
#include "cli/lab_svg/words.h"
#include "cli/svg/chart.h"
#include "cli/svg/palette.h"
#include "cli/svg/slide.h"

namespace septet::cli::lab_pictures {

// A name of its own: unity builds put all pictures into one file.
namespace latency {
namespace {

using lab::Comparison, lab::ModeOutcome, lab::Scenario, lab::TenantOutcome;

constexpr std::size_t kMostRows = 12, kBins = 64;
constexpr double kNames = 128, kValues = 78, kBetween = 26, kHead = 42, kLegend = 32;

// Rows: the tenants of all modes, or those that are worst off anywhere if there are too many.
std::vector<std::size_t> rows_of(const Scenario& scenario, const Comparison& comparison) {
  std::vector<double> worst;
  for (const ModeOutcome& mode : comparison.modes) {
    worst.resize(std::max(worst.size(), mode.tenants.size()), -1);
    for (std::size_t i = 0; i < mode.tenants.size(); ++i) {
      const TenantOutcome& tenant = mode.tenants[i];
      const double objective = objective_of(scenario, tenant.name).value_or(1e9);
      worst[i] = std::max(worst[i], tenant.latency.p99 / objective);
    }
  }
  std::vector<std::size_t> rows(worst.size());
  for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = i;
  std::ranges::stable_sort(rows, [&](auto a, auto b) { return worst[a] > worst[b]; });
  rows.resize(std::min(rows.size(), kMostRows));
  std::ranges::sort(rows);
  return rows;
}

double at_share(const std::vector<float>& sorted, double share) {
  const auto last = static_cast<double>(sorted.size() - 1);
  return static_cast<double>(sorted[static_cast<std::size_t>(std::lround(share * last))]);
}

svg::Axis axis_of(const Scenario& scenario, const Comparison& comparison,
                  const std::vector<std::size_t>& rows) {
  double least = INFINITY, greatest = 0;
  const auto hold = [&](double value) {
    if (!std::isfinite(value) || value <= 0) return;
    least = std::min(least, value);
    greatest = std::max(greatest, value);
  };
  for (const ModeOutcome& mode : comparison.modes) {
    for (const std::size_t row : rows) {
      if (row >= mode.tenants.size()) continue;
      const TenantOutcome& tenant = mode.tenants[row];
      hold(1.2 * objective_of(scenario, tenant.name).value_or(0));
      hold(tenant.latency.p50);
      hold(tenant.latency.p99);
      if (tenant.latencies.empty()) continue;
      hold(at_share(tenant.latencies, 0.01));
      hold(at_share(tenant.latencies, 0.995));
    }
  }
  if (greatest == 0) least = greatest = 1;
  return svg::log_axis(least, greatest, svg::seconds_words);
}

// How many of the answers took how long, highest bin 1; over the whole axis.
std::vector<svg::Point> shape_of(const TenantOutcome& tenant, const svg::Axis& axis) {
  std::vector<double> counts(kBins, 0);
  const auto bins = static_cast<double>(kBins);
  for (const float seconds : tenant.latencies) {
    const double at = svg::along(axis, static_cast<double>(seconds), 0, bins);
    counts[std::min(static_cast<std::size_t>(at), kBins - 1)] += 1;
  }
  const double most = std::max(*std::ranges::max_element(counts), 1.0);
  std::vector<svg::Point> points;
  double before = 0;
  for (std::size_t bin = 0; bin <= kBins; ++bin) {
    const double count = bin < kBins ? counts[bin] : 0;
    if (count == before && bin != 0 && bin != kBins) continue;
    const double share = static_cast<double>(bin) / bins;
    points.push_back({axis.from * std::pow(axis.to / axis.from, share), count / most});
    before = count;
  }
  return points;
}

std::string diamond(double x, double y, double size, std::string_view fill) {
  return fmt::format("<path d=\"M{},{} l{},{} l{},{} l{},{} Z\" fill=\"{}\" stroke=\"#ffffff\"/>\n",
                     svg::number(x), svg::number(y - size), size, size, -size, size, -size, -size,
                     fill);
}

std::string value_words(const Scenario& scenario, const TenantOutcome& tenant) {
  if (tenant.diverges) return "grows";
  if (missed_by_faults(scenario, tenant)) {
    const auto answered = static_cast<double>(tenant.completed + tenant.lost);
    return "lost " + svg::percent_words(static_cast<double>(tenant.lost) / answered);
  }
  if (tenant.completed == 0) return "none";
  return svg::seconds_words(tenant.latency.p99);
}

std::string row_of(const Scenario& scenario, const TenantOutcome& tenant, std::size_t key,
                   const svg::Axis& axis, svg::Box row) {
  const double foot = row.y + row.height - 2;
  const double right = row.x + row.width;
  const auto x = [&](double seconds) { return svg::along(axis, seconds, row.x, right); };
  const bool missed = !tenant.meets_objective.value_or(true);
  const bool late = missed && !missed_by_faults(scenario, tenant);
  std::string out = svg::line(row.x, foot, right, foot, "stroke=\"#b8bec6\"");
  if (!tenant.latencies.empty()) {
    const svg::Axis height{0, 1, false, {}};
    const svg::Box plot{row.x, row.y + 2, row.width, row.height - 4};
    const auto points = shape_of(tenant, axis);
    out += svg::area(points, {axis, height}, plot, true, svg::fill_of(key));
    out += svg::curve(points, {axis, height}, plot, true, {"#555555", 0.8, {}});
  }
  if (const auto objective = objective_of(scenario, tenant.name)) {
    out += svg::line(x(*objective), row.y + 1, x(*objective), foot,
                     fmt::format("class=\"objective\" stroke=\"{}\" stroke-width=\"2\" "
                                 "stroke-dasharray=\"4 2\"",
                                 late ? kBad : kInk));
  }
  if (tenant.completed > 0) {
    const double middle = foot - (row.height - 4) / 2;
    out += svg::line(x(tenant.latency.p50), foot - row.height * 0.6, x(tenant.latency.p50), foot,
                     "stroke=\"#1a1a1a\" stroke-width=\"2.5\"");
    out += diamond(x(tenant.latency.p99), middle, 5.5, late ? kBad : kInk);
  }
  const std::string said = value_words(scenario, tenant);
  out += svg::text(right + kValues - 4, foot - row.height / 2 + 5, said, kValues - 8,
                   {{12, missed}, missed ? kBad : kInk, "end"});
  return svg::group(
      "class=\"latency\"",
      fmt::format("{}: p50 {}, p95 {}, p99 {}; {} of {} answered{}", tenant.name,
                  svg::seconds_words(tenant.latency.p50), svg::seconds_words(tenant.latency.p95),
                  svg::seconds_words(tenant.latency.p99), tenant.completed, tenant.offered,
                  tenant.diverges ? "; the queue grows without end" : ""),
      out);
}

std::string remark_of(const ModeOutcome& mode) {
  const Met met = objectives_met(mode);
  std::string out = counted(mode.gpus, "GPU");
  if (met.of > 0) out += fmt::format(", {} of {} in time", met.met, met.of);
  return out;
}

std::string panel(const Scenario& scenario, const ModeOutcome& mode,
                  const std::vector<std::size_t>& rows, const svg::Axis& axis, svg::Box plot) {
  std::string out = mode_heading(mode, possible(mode) ? remark_of(mode) : "", plot.x, plot.y - 20,
                                 plot.width + kValues);
  if (!possible(mode)) return out + impossible_words(mode, plot);
  out += svg::text(plot.x + plot.width + kValues - 4, plot.y - 5, "p99", kValues,
                   {kSmall, kGray, "end"});
  out += svg::plot_ground(plot) + svg::across_grid(axis, plot, true);
  const double each = plot.height / static_cast<double>(std::max<std::size_t>(rows.size(), 1));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] >= mode.tenants.size()) continue;
    out += row_of(scenario, mode.tenants[rows[i]], rows[i], axis,
                  {plot.x, plot.y + static_cast<double>(i) * each, plot.width, each});
  }
  return out;
}

// Geometric mean over the tenants of the median times, over those of `other`.
double times_as_long(const ModeOutcome& mode, const ModeOutcome& other) {
  double sum = 0, count = 0;
  for (std::size_t i = 0; i < std::min(mode.tenants.size(), other.tenants.size()); ++i) {
    const double a = mode.tenants[i].latency.p50, b = other.tenants[i].latency.p50;
    if (!(a > 0) || !(b > 0) || !std::isfinite(a) || !std::isfinite(b)) continue;
    sum += std::log(a / b);
    count += 1;
  }
  return count > 0 ? std::exp(sum / count) : 1;
}

// "Median times are shortest under MPS; time-slicing takes 1.4, MIG 1.9 times as long"
std::string title_without_objectives(const Comparison& comparison) {
  const ModeOutcome* shortest = nullptr;
  for (const ModeOutcome& mode : comparison.modes) {
    if (!possible(mode) || mode.tenants.empty()) continue;
    if (shortest == nullptr || times_as_long(mode, *shortest) < 1) shortest = &mode;
  }
  std::vector<std::string> others;
  for (const ModeOutcome& mode : comparison.modes) {
    if (!possible(mode) || mode.tenants.empty() || &mode == shortest) continue;
    others.push_back(fmt::format("{} {}{:.1f}", inside(mode.mode), others.empty() ? "takes " : "",
                                 times_as_long(mode, *shortest)));
  }
  if (others.empty()) return "How long answers and steps take";
  return fmt::format("Median times are shortest under {}; {} times as long", inside(shortest->mode),
                     listed(others));
}

// "MIG and whole GPUs keep every p99 objective; MPS misses 2 of 7, time-slicing 7 of 7"
std::string title_of(const Comparison& comparison) {
  std::vector<std::string> keep, miss;
  for (const ModeOutcome& mode : comparison.modes) {
    const Met met = objectives_met(mode);
    if (!possible(mode) || met.of == 0) continue;
    if (met.met == met.of) {
      keep.push_back(inside(mode.mode));
    } else {
      miss.push_back(fmt::format("{} {}{} of {}", inside(mode.mode), miss.empty() ? "misses " : "",
                                 met.of - met.met, met.of));
    }
  }
  if (keep.empty() && miss.empty()) return title_without_objectives(comparison);
  if (keep.empty()) return capital("no mode keeps every p99 objective: " + listed(miss));
  if (miss.empty()) return "Every mode that can run this keeps every p99 objective";
  return capital(fmt::format("{} {} every p99 objective; {}", listed(keep),
                             keep.size() == 1 && keep[0] != "whole GPUs" ? "keeps" : "keep",
                             listed(miss)));
}

// Signs that are in the picture.
std::string key_of_signs(const Scenario& scenario, const Comparison& comparison, svg::Box place) {
  bool objective = false, late = false, lost = false, grows = false;
  for (const ModeOutcome& mode : comparison.modes) {
    for (const TenantOutcome& tenant : mode.tenants) {
      objective = objective || tenant.meets_objective.has_value();
      grows = grows || tenant.diverges;
      const bool by_faults = missed_by_faults(scenario, tenant);
      lost = lost || by_faults;
      late = late || (!tenant.meets_objective.value_or(true) && !by_faults);
    }
  }
  const std::string bar = "stroke=\"#1a1a1a\" stroke-width=\"2.5\"";
  std::vector<svg::LegendEntry> entries = {{svg::line(13, 0, 13, 14, bar), "p50"},
                                           {diamond(13, 7, 5.5, kInk), "p99"}};
  if (late) entries.push_back({diamond(13, 7, 5.5, kBad), "p99 beyond the objective"});
  if (objective)
    entries.push_back(
        {svg::line(13, 0, 13, 14, bar + " stroke-dasharray=\"4 2\""), "objective for p99"});
  if (grows) entries.push_back({"", "grows: the queue grows without end"});
  if (lost) entries.push_back({"", "lost: to faults, more than 1 % of the requests"});
  return svg::legend(entries, place.x, place.y, place.width).elements;
}

std::string subtitle_of(const Scenario& scenario, const Comparison& comparison, std::size_t rows) {
  std::size_t tenants = 0;
  bool steps = false;
  for (const ModeOutcome& mode : comparison.modes) {
    tenants = std::max(tenants, mode.tenants.size());
    for (const TenantOutcome& tenant : mode.tenants) {
      const lab::Tenant* known = tenant_of(scenario, tenant.name);
      steps = steps || (known != nullptr && known->training);
    }
  }
  std::string subtitle = fmt::format(
      "Time from arrival to answer{}, logarithmic axis. Shape: share of the answers by how long "
      "they took, each row to its own height.",
      steps ? ", of training from step to step" : "");
  if (tenants > rows)
    subtitle +=
        fmt::format(" Shown: the {} of {} tenants furthest from their objective.", rows, tenants);
  return subtitle;
}

// Beside the first panel of a row.
std::string row_names(const Comparison& comparison, const std::vector<std::size_t>& rows,
                      svg::Box plot) {
  std::string out;
  const double each = plot.height / static_cast<double>(std::max<std::size_t>(rows.size(), 1));
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const auto named = std::ranges::find_if(
        comparison.modes, [&](const ModeOutcome& m) { return rows[r] < m.tenants.size(); });
    out += svg::text(plot.x - 8, plot.y + (static_cast<double>(r) + 0.5) * each + 5,
                     named->tenants[rows[r]].name, kNames - 10, {kBody, kInk, "end"});
  }
  return out;
}

}  // namespace
}  // namespace latency

std::string latency_picture(const lab::Scenario& scenario, const lab::Comparison& comparison) {
  using namespace latency;
  const auto rows = rows_of(scenario, comparison);
  const svg::Axis axis = axis_of(scenario, comparison, rows);
  const svg::Slide page = svg::slide(
      {title_of(comparison), subtitle_of(scenario, comparison, rows.size()), origin(scenario)});
  const std::size_t count = comparison.modes.size();
  const std::size_t across = count <= 3 ? std::max<std::size_t>(count, 1) : (count + 1) / 2;
  const svg::Box grid{page.body.x + kNames, page.body.y, page.body.width - kNames,
                      page.body.height - kLegend};
  std::string out = key_of_signs(scenario, comparison,
                                 {grid.x, page.body.y + page.body.height - 18, grid.width, 20});
  const auto boxes = svg::panels(count, across, grid, kBetween, 10);
  for (std::size_t i = 0; i < count; ++i) {
    const svg::Box box{boxes[i].x, boxes[i].y + kHead, boxes[i].width - kValues,
                       boxes[i].height - kHead - svg::kBelow};
    out += panel(scenario, comparison.modes[i], rows, axis, box);
    if (i % across == 0) out += row_names(comparison, rows, box);
  }
  const std::set<std::size_t> keys(rows.begin(), rows.end());
  return svg::to_svg(page, out, page.body.height, svg::patterns_of(keys));
}

}  // namespace septet::cli::lab_pictures
