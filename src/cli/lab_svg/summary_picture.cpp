// cli/lab_svg/summary_picture.cpp — all modes on one page: a row of bars each, and what beats MIG.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "cli/lab_svg/pictures.h"
#include "cli/lab_svg/words.h"
#include "cli/svg/chart.h"
#include "cli/svg/slide.h"

namespace septet::cli::lab_pictures {

// A name of its own: unity builds put all pictures into one file.
namespace summary {
namespace {

using lab::Comparison, lab::ModeOutcome, lab::Scenario, lab::TenantOutcome;

constexpr double kModeNames = 178, kColumnGap = 22, kHead = 50, kMostRow = 80;
constexpr double kNoticed = 1.02;   // less than 2 % apart is alike
constexpr double kMostOverrun = 3;  // p99 over objective beyond which a bar is broken
constexpr std::string_view kMigFill = "#77aadd", kOtherFill = "#d3d7dc";

// The worst p99 over its objective; nullopt without objectives. Infinite: a queue that grows.
std::optional<double> overrun(const Scenario& scenario, const ModeOutcome& mode) {
  std::optional<double> worst;
  for (const TenantOutcome& tenant : mode.tenants) {
    const auto objective = objective_of(scenario, tenant.name);
    if (!objective || *objective <= 0) continue;
    const double ratio = tenant.diverges ? INFINITY : tenant.latency.p99 / *objective;
    worst = std::max(worst.value_or(0), ratio);
  }
  return worst;
}

std::optional<double> per_gpu(const ModeOutcome& mode, double all) {
  if (mode.gpus == 0) return std::nullopt;
  return all / mode.gpus;
}

bool any_objective(const Comparison& comparison) {
  return std::ranges::any_of(comparison.modes,
                             [](const auto& mode) { return objectives_met(mode).of > 0; });
}

struct Column {
  std::string name, meaning;
  bool more_is_better = false;
  std::vector<std::optional<double>> values{};  // by mode
  std::vector<std::string> words{};
  double most = 1;    // where bars end
  double line = 0;    // drawn at this value; 0: none
  bool races = true;  // whether being ahead in it is winning: SM-active alone is not
};

void add(Column& column, std::optional<double> value, std::string words) {
  column.values.push_back(value);
  column.words.push_back(value ? std::move(words) : "-");
  if (value && std::isfinite(*value)) column.most = std::max(column.most, *value);
}

bool trains(const Scenario& scenario, const TenantOutcome& tenant) {
  const lab::Tenant* known = tenant_of(scenario, tenant.name);
  return known != nullptr && known->training;
}

bool any_tenant(const Scenario& scenario, const Comparison& comparison, bool training) {
  return std::ranges::any_of(comparison.modes, [&](const ModeOutcome& mode) {
    return std::ranges::any_of(mode.tenants, [&](const TenantOutcome& tenant) {
      return trains(scenario, tenant) == training;
    });
  });
}

double steps_of(const Scenario& scenario, const ModeOutcome& mode) {
  double steps = 0;
  for (const TenantOutcome& tenant : mode.tenants)
    if (trains(scenario, tenant)) steps += tenant.throughput;
  return steps;
}

// Two digits are enough; three just above 1.
std::string times_words(double times) {
  if (times >= 1 && times < 1.1) return fmt::format("{:.2f}", times);
  return fmt::format("{:.{}f}", times, times < 1 ? 2 : times < 10 ? 1 : 0);
}

std::string late_words(std::optional<double> ratio) {
  if (!ratio) return "";
  return std::isfinite(*ratio) ? times_words(*ratio) + "x" : "grows";
}

std::vector<Column> columns_of(const Scenario& scenario, const Comparison& comparison) {
  Column gpus{"GPUs in use", "fewer is cheaper"};
  Column goodput{"Goodput per GPU", "answers in time", true, {}, {}, 1e-9};
  Column steps{"Steps per GPU", "of training", true, {}, {}, 1e-9};
  Column late{"p99 / objective", "the worst; beyond 1: late"};
  late.line = 1;
  Column active{"SM active", "of all the GPU's SMs", true};
  active.races = false;
  Column energy{"Energy", "per answer or step", false, {}, {}, 1e-9};
  for (const ModeOutcome& mode : comparison.modes) {
    const bool ran = possible(mode);
    const auto told = [&](std::optional<double> value) { return ran ? value : std::nullopt; };
    add(gpus, told(mode.gpus), fmt::format("{}", mode.gpus));
    const auto good = told(per_gpu(mode, mode.goodput));
    add(goodput, good, svg::short_number(good.value_or(0)) + " /s");
    const auto made = told(per_gpu(mode, steps_of(scenario, mode)));
    add(steps, made, svg::short_number(made.value_or(0)) + " /s");
    const auto ratio = told(overrun(scenario, mode));
    add(late, ratio, late_words(ratio));
    add(active, told(mode.sm_active), svg::percent_words(mode.sm_active));
    const bool any = mode.joules_per_request > 0;
    add(energy, any ? told(mode.joules_per_request) : std::nullopt,
        svg::short_number(mode.joules_per_request) + " J");
  }
  late.most = std::min(late.most, kMostOverrun);
  std::vector<Column> columns = {gpus};
  if (any_tenant(scenario, comparison, false)) columns.push_back(goodput);
  if (any_tenant(scenario, comparison, true)) columns.push_back(steps);
  if (any_objective(comparison)) columns.push_back(late);
  columns.push_back(active);
  columns.push_back(energy);
  return columns;
}

// Modes that keep every objective; all that ran if none does.
std::vector<std::size_t> contenders(const Comparison& comparison) {
  std::vector<std::size_t> keep, ran;
  for (std::size_t i = 0; i < comparison.modes.size(); ++i) {
    if (!possible(comparison.modes[i])) continue;
    ran.push_back(i);
    const Met met = objectives_met(comparison.modes[i]);
    if (met.met == met.of) keep.push_back(i);
  }
  return keep.empty() ? ran : keep;
}

// How many times better `a` is than `b`; more than 1: better.
double times_better(const Column& column, double a, double b) {
  if (column.more_is_better) std::swap(a, b);
  if (a == b) return 1;
  if (a <= 0) return INFINITY;
  return std::isinf(a) ? 0 : b / a;
}

std::optional<std::size_t> best_of(const Column& column, const std::vector<std::size_t>& among) {
  std::optional<std::size_t> best;
  for (const std::size_t i : among) {
    if (!column.values[i]) continue;
    if (!best || times_better(column, *column.values[i], *column.values[*best]) > 1) best = i;
  }
  return best;
}

// "MPS: 1.8x better": who beats this mode in this column by more than is noise.
std::string beaten_by(const Comparison& comparison, const Column& column, std::size_t mode,
                      const std::vector<std::size_t>& among) {
  const auto best = best_of(column, among);
  if (!best || *best == mode || !column.values[mode]) return {};
  const double times = times_better(column, *column.values[*best], *column.values[mode]);
  if (!(times > kNoticed)) return {};
  const std::string_view who = short_name(comparison.modes[*best].mode);
  if (!std::isfinite(times) || times >= 1000) return fmt::format("{}: far better", who);
  return fmt::format("{}: {}x better", who, times_words(times));
}

std::string bar(const Column& column, std::size_t mode, bool mig, svg::Box box) {
  const double value = column.values[mode].value_or(0);
  const bool broken = !std::isfinite(value) || value > column.most * (1 + 1e-9);
  const double width = box.width * std::clamp(broken ? 1.0 : value / column.most, 0.0, 1.0);
  const svg::Box filled{box.x, box.y, std::max(width, 1.0), box.height};
  std::string out = svg::rect(
      filled, fmt::format("class=\"bar\" fill=\"{}\" stroke=\"#555555\" stroke-width=\"0.8\"",
                          mig ? kMigFill : kOtherFill));
  if (broken) {
    const double x = box.x + box.width - 16;
    out += fmt::format(
        "<path d=\"M{},{} l6,{} M{},{} l6,{}\" stroke=\"#ffffff\" stroke-width=\"3\"/>\n",
        svg::number(x), svg::number(box.y + box.height + 1), svg::number(-box.height - 2),
        svg::number(x + 7), svg::number(box.y + box.height + 1), svg::number(-box.height - 2));
  }
  return out;
}

std::string cell(const Comparison& comparison, const Column& column, std::size_t mode,
                 const std::vector<std::size_t>& among, svg::Box box) {
  const bool mig = partitions(comparison.modes[mode].mode);
  const auto best = best_of(column, among);
  const bool is_best =
      column.races && best && column.values[mode] && holds(among, mode) &&
      times_better(column, *column.values[*best], *column.values[mode]) <= kNoticed;
  const svg::Box track{box.x, box.y + 20, box.width, 12};
  std::string out = svg::rect(track, "fill=\"#f4f5f7\" stroke=\"none\"");
  if (column.values[mode]) out += bar(column, mode, mig, track);
  if (column.line > 0 && column.line <= column.most) {
    const double x = track.x + track.width * column.line / column.most;
    out += svg::line(x, track.y - 4, x, track.y + track.height + 4,
                     "stroke=\"#1a1a1a\" stroke-width=\"1.6\" stroke-dasharray=\"3 2\"");
  }
  const bool late = column.line > 0 && column.values[mode].value_or(0) > column.line;
  out += svg::text(box.x, box.y + 14, column.words[mode], box.width - 40,
                   {{15, true}, late ? kBad : kInk});
  if (is_best)
    out += svg::text(box.x + box.width, box.y + 14, "best", 40, {{11, true}, "#1f6f43", "end"});
  if (!mig || !column.races) return out;
  const std::string lost = beaten_by(comparison, column, mode, among);
  constexpr svg::Font font{11.5, true};
  // Short of room it is the "better" that goes; the footer says what the number is.
  const bool fits = svg::width_of(lost, font) <= box.width;
  return out + svg::text(box.x, box.y + 47, fits ? lost : lost.substr(0, lost.rfind(" better")),
                         box.width, {font, kBad});
}

std::string kept_words(const Scenario& scenario, const ModeOutcome& mode) {
  const Met met = objectives_met(mode);
  if (met.of == 0) return "no objective asked for";
  if (met.met == met.of)
    return met.of == 1 ? "keeps the objective" : fmt::format("keeps all {} objectives", met.of);
  const bool faults = std::ranges::all_of(mode.tenants, [&](const TenantOutcome& tenant) {
    return tenant.meets_objective.value_or(true) || missed_by_faults(scenario, tenant);
  });
  if (met.of == 1) return faults ? "misses it by faults" : "misses the objective";
  return fmt::format("misses {} of {}{}", met.of - met.met, met.of,
                     faults ? " by faults" : " objectives");
}

std::string mode_words(const Scenario& scenario, const ModeOutcome& mode, double x, double y) {
  std::string out = svg::text(x, y + 14, short_name(mode.mode), kModeNames - 12, {kHeading, kInk});
  if (!possible(mode)) return out;
  const Met met = objectives_met(mode);
  return out + svg::text(x, y + 31, kept_words(scenario, mode), kModeNames - 12,
                         {kBody, met.met == met.of ? kGray : kBad});
}

std::string title_of(const Comparison& comparison, const std::vector<std::size_t>& among) {
  const bool asked = any_objective(comparison);
  if (among.empty()) return "No mode can run this";
  const bool kept = std::ranges::all_of(among, [&](std::size_t i) {
    const Met met = objectives_met(comparison.modes[i]);
    return met.met == met.of;
  });
  if (asked && !kept) return "No mode keeps every objective; what each comes to";
  unsigned fewest = ~0u;
  for (const std::size_t i : among) fewest = std::min(fewest, comparison.modes[i].gpus);
  std::vector<std::string> names;
  for (const std::size_t i : among)
    if (comparison.modes[i].gpus == fewest) names.push_back(inside(comparison.modes[i].mode));
  const bool several = names.size() > 1 || names[0] == "whole GPUs";
  if (!asked)
    return capital(fmt::format("{} {} this on {}", listed(names), several ? "run" : "runs",
                               counted(fewest, "GPU")));
  std::string title = fmt::format("{} {} every objective on {}", listed(names),
                                  several ? "keep" : "keeps", counted(fewest, "GPU"));
  const auto whole = std::ranges::find(comparison.modes, lab::Mode::kWholeGpu, &ModeOutcome::mode);
  if (whole != comparison.modes.end() && possible(*whole) && whole->gpus > fewest)
    title += fmt::format("; whole GPUs take {}", whole->gpus);
  return capital(std::move(title));
}

std::string losing_words(const std::string& words, double x, double y, double width) {
  constexpr svg::Font font{13, false};
  const auto lines = svg::lines_of("Where MIG loses: " + words, width - 28, font, 3);
  const double height = 14 + 18 * static_cast<double>(lines.size());
  std::string out = svg::rect({x, y, width, height},
                              "rx=\"4\" fill=\"#fdf1ef\" stroke=\"#b3261e\" stroke-width=\"0.8\"");
  for (std::size_t i = 0; i < lines.size(); ++i)
    out += svg::text(x + 14, y + 21 + 18 * static_cast<double>(i), lines[i], width - 28, {font});
  return out;
}

}  // namespace
}  // namespace summary

std::string summary_picture(const lab::Scenario& scenario, const lab::Comparison& comparison) {
  using namespace summary;
  const auto among = contenders(comparison);
  const auto columns = columns_of(scenario, comparison);
  const svg::Slide page = svg::slide(
      {title_of(comparison, among), scenario.about,
       "Goodput and steps per second. Best, and what in red beats MIG and how many times: among "
       "the modes that keep every objective (among all when none does); less than 2 % apart is "
       "alike. An objective is missed by late answers, or by faults that lose more than 1 %. " +
           origin(scenario)});
  const double callout = comparison.losing_case.empty() ? 0 : 80;
  const std::size_t modes = comparison.modes.size();
  const double row = std::clamp(
      (page.body.height - kHead - callout) / static_cast<double>(std::max<std::size_t>(modes, 1)),
      58.0, kMostRow);
  const svg::Box grid{page.body.x + kModeNames, page.body.y, page.body.width - kModeNames, 10};
  const auto boxes = svg::panels(columns.size(), columns.size(), grid, kColumnGap, 0);
  std::string out;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    out += svg::text(boxes[c].x, page.body.y + 14, columns[c].name, boxes[c].width,
                     {{14, true}, kInk});
    out += svg::text(boxes[c].x, page.body.y + 30, columns[c].meaning, boxes[c].width,
                     {kSmall, kGray});
  }
  for (std::size_t m = 0; m < modes; ++m) {
    const double y = page.body.y + kHead + row * static_cast<double>(m);
    out +=
        svg::line(page.body.x, y - 7, page.body.x + page.body.width, y - 7, "stroke=\"#d9dde2\"");
    out += mode_words(scenario, comparison.modes[m], page.body.x, y);
    if (!possible(comparison.modes[m])) {
      out += svg::text(grid.x, y + 20, "cannot run this: " + comparison.modes[m].impossible,
                       grid.width, {{13, false}, kGray});
      continue;
    }
    for (std::size_t c = 0; c < columns.size(); ++c)
      out += cell(comparison, columns[c], m, among, {boxes[c].x, y, boxes[c].width, row});
  }
  const double end = kHead + row * static_cast<double>(modes);
  if (callout > 0)
    out += losing_words(comparison.losing_case, page.body.x, page.body.y + end, page.body.width);
  return svg::to_svg(page, out, end + callout, {});
}

}  // namespace septet::cli::lab_pictures
