#include "cli/svg/axis.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace septet::cli::svg {

namespace {

constexpr double kLeastLog = 1e-9, kMost = 1e15;

std::string without_zeros(std::string text) {
  if (!text.contains('.')) return text;
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text == "-0" ? "0" : text;
}

// Three digits that count, never an exponent.
std::string digits(double value) {
  const double size = std::abs(value);
  if (size == 0) return "0";
  const int whole = static_cast<int>(std::floor(std::log10(size) + 1e-9)) + 1;
  const int decimals = std::clamp(3 - whole, 0, 6);
  return without_zeros(fmt::format("{:.{}f}", value, decimals));
}

// Two digits that count, and all that stand before the point.
std::string brief(double value) {
  const double size = std::abs(value);
  if (size == 0) return "0";
  const int whole = static_cast<int>(std::floor(std::log10(size) + 1e-9)) + 1;
  return without_zeros(fmt::format("{:.{}f}", value, std::clamp(2 - whole, 0, 6)));
}

double held(double value) { return std::isfinite(value) ? std::clamp(value, -kMost, kMost) : 0; }

// The smallest of 1, 2, 5 times a power of ten that takes at most `most` steps.
double step_for(double span, std::size_t most) {
  const double least = span / static_cast<double>(std::max<std::size_t>(most, 2));
  const double power = std::pow(10, std::floor(std::log10(least)));
  for (const double times : {1.0, 2.0, 5.0}) {
    if (times * power >= least * (1 - 1e-9)) return times * power;
  }
  return 10 * power;
}

std::vector<double> multiples(double from, double to, double step) {
  std::vector<double> out;
  const double last = std::floor(to / step + 1e-6);
  for (double k = std::ceil(from / step - 1e-6); k <= last; k += 1) out.push_back(k * step);
  return out;
}

}  // namespace

std::string short_number(double value) {
  if (!std::isfinite(value)) return "-";
  const double size = std::abs(value);
  if (size >= 1e15) return fmt::format("{:.2g}", value);
  if (size >= 999.5e6) return digits(value / 1e9) + "G";
  if (size >= 999.5e3) return digits(value / 1e6) + "M";
  if (size >= 1e4) return digits(value / 1e3) + "k";
  return digits(value);
}

std::string percent_words(double share) {
  if (!std::isfinite(share)) return "-";
  const double percent = share * 100;
  const bool small = std::abs(percent) < 9.95;
  return without_zeros(fmt::format("{:.{}f}", percent, small ? 1 : 0)) + " %";
}

std::string seconds_words(double seconds) {
  if (!std::isfinite(seconds)) return "-";
  const double size = std::abs(seconds);
  if (size == 0) return "0 s";
  if (size < 0.99e-4) return brief(seconds * 1e6) + " us";
  if (size < 0.9995) return brief(seconds * 1e3) + " ms";
  if (size < 180) return brief(seconds) + " s";
  if (size < 2 * 3600) return brief(seconds / 60) + " min";
  if (size < 3 * 86400) return brief(seconds / 3600) + " h";
  return short_number(seconds / 86400) + " days";
}

std::vector<double> nice_steps(double from, double to, std::size_t most) {
  from = held(from);
  to = held(to);
  if (!(from < to)) return {from};
  return multiples(from, to, step_for(to - from, most));
}

Axis linear_axis(double least, double greatest, std::size_t most, Words words) {
  least = held(least);
  greatest = held(greatest);
  if (greatest < least) std::swap(least, greatest);
  const double apart = std::max(std::abs(least), std::abs(greatest)) * 1e-9;
  if (greatest - least <= apart) {
    const double around = greatest == 0 ? 1 : std::abs(greatest) / 2;
    if (least > 0 || greatest < 0) least -= around;
    greatest += around;
  }
  const double step = step_for(greatest - least, most);
  Axis axis{
      std::floor(least / step + 1e-9) * step, std::ceil(greatest / step - 1e-9) * step, false, {}};
  for (const double at : multiples(axis.from, axis.to, step)) axis.ticks.push_back({at, words(at)});
  return axis;
}

Axis time_axis(double from, double to, std::size_t most) {
  from = held(from);
  to = held(to);
  if (!(to - from > std::abs(from) * 1e-9)) to = from + 1;
  const double span = to - from;
  struct Unit {
    double seconds;
    const char* name;
  };
  const Unit unit = span < 1              ? Unit{1e-3, " ms"}
                    : span < 600          ? Unit{1, " s"}
                    : span < 3 * 3600     ? Unit{60, " min"}
                    : span < 10.0 * 86400 ? Unit{3600, " h"}
                                          : Unit{86400, " days"};
  double step = step_for(span / unit.seconds, most);
  // An hour is read in quarters and tenths, a day in quarters too.
  constexpr double kMinutes[] = {30, 15, 10, 5, 2, 1}, kHours[] = {24, 12, 6, 3, 2, 1};
  if (unit.seconds == 3600 || unit.seconds == 60) {
    for (const double each : unit.seconds == 60 ? kMinutes : kHours)
      if (span / unit.seconds / each <= static_cast<double>(std::max<std::size_t>(most, 2)))
        step = each;
  }
  Axis axis{from, to, false, {}};
  for (const double at : multiples(from / unit.seconds, to / unit.seconds, step))
    axis.ticks.push_back({at * unit.seconds, at == 0 ? "0" : digits(at) + unit.name});
  if (axis.ticks.empty()) axis.ticks.push_back({from, seconds_words(from)});
  return axis;
}

Axis log_axis(double least, double greatest, Words words) {
  const auto shown = [](double value) { return std::isfinite(value) && value > 0; };
  if (!shown(least)) least = shown(greatest) ? greatest : 1;
  if (!shown(greatest)) greatest = least;
  least = std::clamp(least, kLeastLog, kMost);
  greatest = std::clamp(greatest, least, kMost);
  const auto decade = [](double value) { return std::floor(std::log10(value) + 1e-9); };
  // To the nearest of 1, 2, 5 outside.
  const auto below = [&](double value) {
    const double power = std::pow(10, decade(value));
    for (const double times : {5.0, 2.0})
      if (times * power <= value * (1 + 1e-9)) return times * power;
    return power;
  };
  const auto above = [&](double value) {
    const double power = std::pow(10, decade(value));
    for (const double times : {1.0, 2.0, 5.0})
      if (times * power >= value * (1 - 1e-9)) return times * power;
    return 10 * power;
  };
  Axis axis{below(least), above(greatest), true, {}};
  if (axis.to <= axis.from * (1 + 1e-9)) {
    axis.from = below(axis.from * 0.6);
    axis.to = above(axis.to * 1.1);
  }
  const double decades = std::log10(axis.to / axis.from);
  for (double d = decade(axis.from); d <= decade(axis.to); d += 1) {
    for (int times = 1; times <= 9; ++times) {
      const double at = times * std::pow(10, d);
      if (at < axis.from * (1 - 1e-9) || at > axis.to * (1 + 1e-9)) continue;
      const bool told = times == 1 || times == 2 || times == 5 || decades < 0.6;
      const bool whole = times == 1;
      if (whole || (told && decades < 3.5) || decades < 5)
        axis.ticks.push_back({at, (told && decades < 3.5) || whole ? words(at) : "", !whole});
    }
  }
  return axis;
}

double along(const Axis& axis, double value, double begin, double end) {
  if (std::isnan(value)) return begin;
  double share = 0;
  if (axis.logarithmic) {
    share = value <= axis.from
                ? 0
                : std::log(std::min(value, axis.to) / axis.from) / std::log(axis.to / axis.from);
  } else {
    share = (std::clamp(value, axis.from, axis.to) - axis.from) / (axis.to - axis.from);
  }
  return begin + std::clamp(share, 0.0, 1.0) * (end - begin);
}

}  // namespace septet::cli::svg
