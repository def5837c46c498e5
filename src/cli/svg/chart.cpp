#include "cli/svg/chart.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::cli::svg {

namespace {

constexpr std::string_view kGridMajor = "stroke=\"#d9dde2\"", kGridMinor = "stroke=\"#eff1f4\"";
constexpr std::string_view kTickInk = "#555555";
constexpr double kLegendRow = 20, kLegendGap = 18, kOver = 2;

std::string moved(double x, double y, std::string_view content) {
  return fmt::format("<g transform=\"translate({} {})\">\n{}</g>\n", number(x), number(y), content);
}

struct Landed {
  double x, y;
};

std::vector<Landed> landed(const std::vector<Point>& points, Scales scales, Box plot) {
  std::vector<Landed> out;
  out.reserve(points.size());
  for (const Point& point : points) {
    out.push_back({along(scales.x, point.x, plot.x, plot.x + plot.width),
                   along(scales.y, point.y, plot.y + plot.height, plot.y)});
  }
  return out;
}

// "M1,2 L3,2 L3,4"
std::string path_of(const std::vector<Landed>& at, bool steps) {
  std::string path = fmt::format("M{},{}", number(at[0].x), number(at[0].y));
  for (std::size_t i = 1; i < at.size(); ++i) {
    if (steps) path += fmt::format(" H{}", number(at[i].x));
    const bool level = at[i].y == at[i - 1].y;
    if (steps && !level) path += fmt::format(" V{}", number(at[i].y));
    if (!steps) path += fmt::format(" L{},{}", number(at[i].x), number(at[i].y));
  }
  return path;
}

}  // namespace

std::string plot_ground(Box plot) { return rect(plot, "fill=\"#ffffff\" stroke=\"#b8bec6\""); }

std::string across_grid(const Axis& axis, Box plot, bool labels) {
  std::string out;
  std::vector<std::pair<double, double>> taken;  // from, to
  const auto x_of = [&](const Tick& tick) {
    return along(axis, tick.at, plot.x, plot.x + plot.width);
  };
  for (const Tick& tick : axis.ticks)
    out += line(x_of(tick), plot.y, x_of(tick), plot.y + plot.height,
                tick.label.empty() || tick.spare ? kGridMinor : kGridMajor);
  for (const bool spare : {false, true}) {
    for (const Tick& tick : axis.ticks) {
      if (!labels || tick.label.empty() || tick.spare != spare) continue;
      const double half = width_of(tick.label, kTickFont) / 2;
      const double last = std::max(plot.x + plot.width + kOver - half, plot.x);
      const double x = std::clamp(x_of(tick), std::min(plot.x - kOver + half, last), last);
      const bool touches = std::ranges::any_of(taken, [&](const auto& one) {
        return x - half - 6 < one.second && x + half + 6 > one.first;
      });
      if (touches) continue;
      taken.emplace_back(x - half, x + half);
      out += text(x, plot.y + plot.height + 14, tick.label, 2 * half + 2,
                  {kTickFont, kTickInk, "middle"});
    }
  }
  return out;
}

std::string upright_grid(const Axis& axis, Box plot, bool labels) {
  std::string out, words;
  double free_to = plot.y + plot.height + 20;
  for (const Tick& tick : axis.ticks) {
    const double y = along(axis, tick.at, plot.y + plot.height, plot.y);
    out += line(plot.x, y, plot.x + plot.width, y, tick.label.empty() ? kGridMinor : kGridMajor);
    if (!labels || tick.label.empty() || y + 6 > free_to) continue;
    words += text(plot.x - 5, y + 4, tick.label, width_of(tick.label, kTickFont) + 2,
                  {kTickFont, kTickInk, "end"});
    free_to = y - 7;
  }
  return out + words;
}

std::string curve(const std::vector<Point>& points, Scales scales, Box plot, bool steps,
                  Stroke stroke) {
  if (points.size() < 2) return {};
  const std::string dash =
      stroke.dash.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", stroke.dash);
  return fmt::format(
      "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{}\"{} "
      "stroke-linejoin=\"round\"/>\n",
      path_of(landed(points, scales, plot), steps), stroke.color, number(stroke.width), dash);
}

std::string area(const std::vector<Point>& points, Scales scales, Box plot, bool steps,
                 std::string_view fill) {
  if (points.size() < 2) return {};
  const auto at = landed(points, scales, plot);
  return fmt::format("<path d=\"{} V{} H{} Z\" fill=\"{}\" stroke=\"none\"/>\n", path_of(at, steps),
                     number(plot.y + plot.height), number(at[0].x), fill);
}

std::vector<Point> thinned(const std::vector<Point>& points, std::size_t most) {
  if (points.size() <= most || most == 0) return points;
  const double from = points.front().x, span = points.back().x - from;
  if (!(span > 0)) return {points.front()};
  std::vector<Point> sums(most);
  std::vector<double> counts(most, 0);
  for (const Point& point : points) {
    const double share = std::clamp((point.x - from) / span, 0.0, 1.0);
    const auto bin =
        std::min(static_cast<std::size_t>(share * static_cast<double>(most)), most - 1);
    sums[bin].x += point.x;
    sums[bin].y += point.y;
    counts[bin] += 1;
  }
  std::vector<Point> out;
  for (std::size_t i = 0; i < most; ++i) {
    if (counts[i] > 0) out.push_back({sums[i].x / counts[i], sums[i].y / counts[i]});
  }
  return out;
}

std::string stroke_sample(Stroke stroke) {
  const std::string dash =
      stroke.dash.empty() ? "" : fmt::format(" stroke-dasharray=\"{}\"", stroke.dash);
  return line(
      0, 7, kSample.width, 7,
      fmt::format("stroke=\"{}\" stroke-width=\"{}\"{}", stroke.color, number(stroke.width), dash));
}

std::string fill_sample(std::string_view fill) {
  return rect({0, 0, kSample.width, kSample.height},
              fmt::format("fill=\"{}\" stroke=\"#555555\"", fill));
}

Legend legend(const std::vector<LegendEntry>& entries, double x, double y, double width) {
  Legend out;
  constexpr Font font{12, false};
  double at = 0;
  for (const LegendEntry& entry : entries) {
    const double room = width - kSample.width - 6;
    const double words = std::min(width_of(printable(entry.name), font) + 1, room);
    const double each = kSample.width + 6 + words;
    if (out.height == 0 || at + each > width) {
      at = 0;
      out.height += kLegendRow;
    }
    const double top = y + out.height - kLegendRow;
    out.elements += moved(x + at, top, entry.sample);
    out.elements += text(x + at + kSample.width + 6, top + 11.5, entry.name, words, {font});
    at += each + kLegendGap;
  }
  return out;
}

std::vector<Box> panels(std::size_t count, std::size_t across, Box area, double between_x,
                        double between_y) {
  std::vector<Box> out;
  across = std::clamp<std::size_t>(across, 1, std::max<std::size_t>(count, 1));
  const std::size_t down = (count + across - 1) / across;
  if (count == 0) return out;
  const auto columns = static_cast<double>(across), rows = static_cast<double>(down);
  const double width = (area.width - between_x * (columns - 1)) / columns;
  const double height = (area.height - between_y * (rows - 1)) / rows;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t row = i / across;
    out.push_back({area.x + static_cast<double>(i % across) * (width + between_x),
                   area.y + static_cast<double>(row) * (height + between_y), width, height});
  }
  return out;
}

}  // namespace septet::cli::svg
