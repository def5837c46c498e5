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
constexpr double kNames = 128, kValues = 64, kBetween = 26, kHead = 42, kLegend = 32;

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
      hold(objective_of(scenario, tenant.name).value_or(0));
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

std::string value_words(const TenantOutcome& tenant) {
  if (tenant.diverges) return "grows";
  if (tenant.completed == 0) return "none";
  return svg::seconds_words(tenant.latency.p99);
}

std::string row_of(const Scenario& scenario, const TenantOutcome& tenant, std::size_t key,
                   const svg::Axis& axis, svg::Box row) {
  const double foot = row.y + row.height - 2;
  const double right = row.x + row.width;
  const auto x = [&](double seconds) { return svg::along(axis, seconds, row.x, right); };
  const bool missed = tenant.meets_objective && !*tenant.meets_objective;
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
                                 missed ? kBad : kInk));
  }
  if (tenant.completed > 0) {
    const double middle = foot - (row.height - 4) / 2;
    out += svg::line(x(tenant.latency.p50), foot - row.height * 0.6, x(tenant.latency.p50), foot,
                     "stroke=\"#1a1a1a\" stroke-width=\"2.5\"");
    out += diamond(x(tenant.latency.p99), middle, 5.5, missed ? kBad : kInk);
  }
  const std::string said = value_words(tenant);
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
  if (keep.empty() && miss.empty()) return "How long answers take, by sharing mode";
  if (keep.empty()) return capital("no mode keeps every p99 objective: " + listed(miss));
  if (miss.empty()) return "Every mode that can run this keeps every p99 objective";
  return capital(fmt::format("{} {} every p99 objective; {}", listed(keep),
                             keep.size() == 1 && keep[0] != "whole GPUs" ? "keeps" : "keep",
                             listed(miss)));
}

std::string key_of_signs(double x, double y, double width) {
  std::vector<svg::LegendEntry> entries = {
      {svg::line(13, 0, 13, 14, "stroke=\"#1a1a1a\" stroke-width=\"2.5\""), "p50"},
      {diamond(13, 7, 5.5, kInk), "p99"},
      {diamond(13, 7, 5.5, kBad), "p99 beyond the objective"},
      {svg::line(13, 0, 13, 14, "stroke=\"#1a1a1a\" stroke-width=\"2\" stroke-dasharray=\"4 2\""),
       "objective for p99"},
      {"", "grows: the queue grows without end"}};
  return svg::legend(entries, x, y, width).elements;
}

}  // namespace
}  // namespace latency

std::string latency_picture(const lab::Scenario& scenario, const lab::Comparison& comparison) {
  using namespace latency;
  const auto rows = rows_of(scenario, comparison);
  const svg::Axis axis = axis_of(scenario, comparison, rows);
  std::size_t tenants = 0;
  for (const ModeOutcome& mode : comparison.modes) tenants = std::max(tenants, mode.tenants.size());
  std::string subtitle =
      "Time from arrival to answer, logarithmic axis. Shape: share of the answers by how long they "
      "took, each row to its own height.";
  if (tenants > rows.size())
    subtitle += fmt::format(" Shown: the {} of {} tenants furthest from their objective.",
                            rows.size(), tenants);
  const svg::Slide page = svg::slide({title_of(comparison), subtitle, origin(scenario)});
  const std::size_t count = comparison.modes.size();
  const std::size_t across = count <= 3 ? std::max<std::size_t>(count, 1) : (count + 1) / 2;
  const svg::Box grid{page.body.x + kNames, page.body.y, page.body.width - kNames,
                      page.body.height - kLegend};
  std::string out = key_of_signs(page.body.x + kNames, page.body.y + page.body.height - 18,
                                 page.body.width - kNames);
  const auto boxes = svg::panels(count, across, grid, kBetween, 10);
  for (std::size_t i = 0; i < count; ++i) {
    const svg::Box box{boxes[i].x, boxes[i].y + kHead, boxes[i].width - kValues,
                       boxes[i].height - kHead - svg::kBelow};
    const ModeOutcome& mode = comparison.modes[i];
    out += panel(scenario, mode, rows, axis, box);
    if (i % across != 0) continue;
    const double each = box.height / static_cast<double>(std::max<std::size_t>(rows.size(), 1));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      const auto named = std::ranges::find_if(
          comparison.modes, [&](const ModeOutcome& m) { return rows[r] < m.tenants.size(); });
      const std::string& name = named->tenants[rows[r]].name;
      const lab::Tenant* tenant = tenant_of(scenario, name);
      const bool steps = tenant != nullptr && tenant->training;
      out += svg::text(box.x - 8, box.y + (static_cast<double>(r) + 0.5) * each + 5,
                       steps ? name + " (steps)" : name, kNames - 10, {kBody, kInk, "end"});
    }
  }
  std::set<std::size_t> keys(rows.begin(), rows.end());
  return svg::to_svg(page, out, page.body.height, svg::patterns_of(keys));
}

}  // namespace septet::cli::lab_pictures
