#include "cost_curve.h"

#include <fmt/format.h>

#include <cmath>

namespace septet::bench {

namespace {

constexpr double kLeft = 70, kTop = 20, kWidth = 560, kHeight = 360;
constexpr double kLeastTime = -8, kMostTime = 1;  // powers of ten

double x_of(double gpus) { return kLeft + (std::log10(gpus) - 1) / 5 * kWidth; }
double y_of(double time) {
  return kTop + (kMostTime - std::log10(time)) / (kMostTime - kLeastTime) * kHeight;
}

std::string grid() {
  static constexpr const char* kTimes[] = {"10 ns", "100 ns", "1 us",   "10 us", "100 us",
                                           "1 ms",  "10 ms",  "100 ms", "1 s",   "10 s"};
  std::string text;
  for (int power = 0; power <= 9; ++power) {
    const double y = y_of(std::pow(10.0, kLeastTime + power));
    text += fmt::format(
        "<line x1=\"{0}\" x2=\"{1}\" y1=\"{2:.1f}\" y2=\"{2:.1f}\" stroke=\"#ddd\"/>\n"
        "<text x=\"{3}\" y=\"{4:.1f}\" text-anchor=\"end\">{5}</text>\n",
        kLeft, kLeft + kWidth, y, kLeft - 8, y + 4, kTimes[power]);
  }
  static constexpr const char* kGpus[] = {"10", "100", "1,000", "10,000", "100,000", "1,000,000"};
  for (int power = 1; power <= 6; ++power) {
    text += fmt::format("<text x=\"{:.1f}\" y=\"{}\" text-anchor=\"middle\">{}</text>\n",
                        x_of(std::pow(10.0, power)), kTop + kHeight + 20, kGpus[power - 1]);
  }
  return text;
}

std::string line_of(const std::vector<CurvePoint>& points, double CurvePoint::*time,
                    const char* color, const char* name) {
  std::string path;
  for (const CurvePoint& point : points)
    path += fmt::format("{:.1f},{:.1f} ", x_of(static_cast<double>(point.gpus)), y_of(point.*time));
  return fmt::format(
      "<polyline points=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/>\n"
      "<text x=\"{}\" y=\"{:.1f}\" fill=\"{}\">{}</text>\n",
      path, color, kLeft + kWidth + 8, y_of(points.back().*time) + 4, color, name);
}

}  // namespace

std::string curve_svg(const std::vector<CurvePoint>& points) {
  if (points.empty()) return {};
  return fmt::format(
             "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 800 430\" "
             "font-family=\"sans-serif\" font-size=\"12\">\n"
             "<title>Time to plan a fleet, by its GPUs</title>\n"
             "<rect width=\"800\" height=\"430\" fill=\"white\"/>\n") +
         grid() + line_of(points, &CurvePoint::count, "#1b6ca8", "one product, count") +
         line_of(points, &CurvePoint::layouts, "#2a9d5c", "one product, layouts") +
         line_of(points, &CurvePoint::mixed, "#b5482a", "mixed, plan") +
         line_of(points, &CurvePoint::verify, "#7a4fa3", "mixed, verify") + "</svg>\n";
}

}  // namespace septet::bench
