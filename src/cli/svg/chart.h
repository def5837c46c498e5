// cli/svg/chart.h — the parts of a chart: grid and ticks, curves, legends, panels side by side.
//
// Each function gives elements of a document (document.h); the caller puts them in an order, for
// what comes later covers what came before.
// Units.  Boxes in pixels; points in the units of their axes.
// Shapes. Nothing is drawn outside the plot but tick labels: below it (kBelow) and to its left.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cli/svg/axis.h"
#include "cli/svg/document.h"

namespace septet::cli::svg {

inline constexpr double kBelow = 18;  // what the labels of a horizontal axis take
inline constexpr Font kTickFont{11, false};

// Background and outline of a plot.
std::string plot_ground(Box plot);
// Lines of the grid at the ticks of a horizontal (vertical) axis, and labels below (left of) the
// plot; labels that would touch another are left out, and none reaches far out of the plot.
std::string across_grid(const Axis& axis, Box plot, bool labels);
std::string upright_grid(const Axis& axis, Box plot, bool labels);

struct Point {
  double x = 0, y = 0;
};

struct Stroke {
  std::string_view color = "#1a1a1a";
  double width = 1.5;
  std::string_view dash{};  // "5 3"; empty: solid
};

struct Scales {
  const Axis &x, &y;
};

// Through the points in their order; as steps (each y from its x to the next one's) or straight.
// One point, or none: nothing to draw.
std::string curve(const std::vector<Point>& points, Scales scales, Box plot, bool steps,
                  Stroke stroke);
// What lies between the curve and the foot of the plot.
std::string area(const std::vector<Point>& points, Scales scales, Box plot, bool steps,
                 std::string_view fill);

// At most `most` of them: means over equal stretches of x. They are in order of x.
std::vector<Point> thinned(const std::vector<Point>& points, std::size_t most);

struct LegendEntry {
  std::string sample;  // elements in a box of kSample at the origin
  std::string name;
};
inline constexpr Box kSample{0, 0, 26, 14};
std::string stroke_sample(Stroke stroke);
std::string fill_sample(std::string_view fill);

struct Legend {
  std::string elements;
  double height = 0;  // rows of 20; 0 without entries
};
// Left to right from (x, y), in as many rows as it takes; names are shortened to the width.
Legend legend(const std::vector<LegendEntry>& entries, double x, double y, double width);

// `count` boxes of one size that fill the area row by row, at most `across` in a row.
std::vector<Box> panels(std::size_t count, std::size_t across, Box area, double between_x,
                        double between_y);

}  // namespace septet::cli::svg
