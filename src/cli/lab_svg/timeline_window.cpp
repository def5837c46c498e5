#include "cli/lab_svg/timeline_window.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

namespace septet::cli::lab_pictures::timeline {
namespace {

using lab::Comparison, lab::ModeOutcome, lab::TimelineSpan;

constexpr double kShownTurns = 80;  // of the shortest kind of turn, at most, in a window
constexpr int kStarts = 24;         // of windows that are tried

double median_length(const ModeOutcome& mode) {
  std::vector<double> lengths;
  for (const TimelineSpan& span : mode.timeline)
    if (span.to > span.from) lengths.push_back(span.to - span.from);
  if (lengths.empty()) return INFINITY;
  const auto middle = lengths.begin() + static_cast<std::ptrdiff_t>(lengths.size() / 2);
  std::ranges::nth_element(lengths, middle);
  return *middle;
}

// What all modes recorded.
Window recorded(const Comparison& comparison) {
  double from = 0, to = INFINITY;
  for (const ModeOutcome& mode : comparison.modes) {
    if (mode.timeline.empty()) continue;
    double first = INFINITY, last = 0;
    for (const TimelineSpan& span : mode.timeline) {
      first = std::min(first, span.from);
      last = std::max(last, span.to);
    }
    const bool told = mode.timeline_to > mode.timeline_from;
    from = std::max(from, told ? mode.timeline_from : first);
    to = std::min(to, told ? mode.timeline_to : last);
  }
  return std::isfinite(to) && to > from ? Window{from, to - from} : Window{from, 1};
}

// How much there is to see: the seconds that each tenant runs, with less credit for the many of
// one.
double seen_within(const ModeOutcome& mode, Window window) {
  std::map<std::size_t, double> seconds;
  for (const TimelineSpan& span : mode.timeline) {
    const double end = std::min(span.to, window.from + window.length);
    const double ran = end - std::max(span.from, window.from);
    if (ran > 0) seconds[span.tenant] += ran;
  }
  double sum = 0;
  for (const auto& [tenant, ran] : seconds) sum += std::sqrt(ran);
  return sum;
}

}  // namespace

Window window_of(const lab::Comparison& comparison) {
  const Window all = recorded(comparison);
  double turn = INFINITY;
  for (const ModeOutcome& mode : comparison.modes) turn = std::min(turn, median_length(mode));
  Window best{all.from, std::min(all.length, kShownTurns * turn)};
  const double room = all.length - best.length;
  double most = -1;
  for (int step = 0; step <= kStarts; ++step) {
    const Window one{all.from + room * step / kStarts, best.length};
    double ran = 0;
    for (const ModeOutcome& mode : comparison.modes) ran += seen_within(mode, one);
    if (ran <= most * (1 + 1e-9)) continue;
    most = ran;
    best = one;
  }
  return best;
}

}  // namespace septet::cli::lab_pictures::timeline
