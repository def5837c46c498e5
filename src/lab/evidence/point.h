// lab/evidence/point.h — one published measurement beside what the model says of it, and how wrong
// the model is over many of them.
//
// Errors are relative: predicted / measured - 1. Above zero: the model said more than was measured.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace septet::lab::evidence {

struct Point {
  std::string source;         // "ParvaGPU (SC'24), A100-80GB"
  std::string workload;       // "resnet50, batch 8"
  std::string configuration;  // "2g.20gb"
  std::string unit;           // of the three numbers: "ms", "samples/s"
  double predicted = 0, measured = 0;
  std::string calibrated_on;    // what the model was shown: "1g.10gb, 7g.80gb"
  std::optional<double> naive;  // what one says who counts slices (or expects no effect at all)

  double error() const { return predicted / measured - 1.0; }
  std::optional<double> naive_error() const {
    return naive ? std::optional(*naive / measured - 1.0) : std::nullopt;
  }
};

// Of the absolute errors; bias is the mean with its sign. Nine of ten are not above `nine_in_ten`
// (the largest of the smallest tenths: no interpolation).
struct Errors {
  std::size_t count = 0;
  double mean = 0, median = 0, nine_in_ten = 0, bias = 0, worst = 0;
};
Errors errors_of(std::span<const double> relative_errors);
Errors errors_of(std::span<const Point> points);
Errors naive_errors_of(std::span<const Point> points);  // of those that have one

// Figures are stated in tenths of a percent, or in whole ones.
inline constexpr double kTenth = 0.001, kWhole = 0.01;

// What the project's survey (reference/performance/model.md, section 4) states for the same test;
// a figure it does not state is absent. Errors as fractions.
struct Stated {
  std::optional<std::size_t> count;
  std::optional<double> mean, median, nine_in_ten;
  double digit = kTenth, digit_of_nine_in_ten = kTenth;
  bool any() const { return mean.has_value() || median.has_value() || nine_in_ten.has_value(); }
};

// On what was anything tunable chosen (exponents, constants), as seen from the points scored?
enum class ChosenOn {
  kNothing,      // nothing was chosen: physics and counts
  kSameTable,    // on the table that is scored: may flatter
  kOtherModels,  // on other models of the table: held out
  kOwnPoints,    // on the workload's own calibration points, never on the one scored
};
std::string_view to_string(ChosenOn chosen);

// One test over many points: one line of the report.
struct Group {
  std::string id;       // "parvagpu-two-septet": what --group takes a part of
  std::string section;  // whose table: "ParvaGPU (SC'24), A100-80GB, inference"
  std::string title;    // "two profiles -> the others"
  std::string how;      // the model's variant, in words
  ChosenOn chosen_on = ChosenOn::kNothing;
  std::vector<Point> points;
  Stated stated;
  // The bar is for what septet uses; the survey's own recipe is recomputed to show that the same
  // points are scored.
  bool recomputed = false;
  std::string note;  // what a reader must know; may be empty

  Errors errors() const { return errors_of(points); }
  // At most what is stated, to its digit; of a recomputed one equal to it, count and all. nullopt:
  // nothing is stated.
  std::optional<bool> holds() const;
};

}  // namespace septet::lab::evidence
