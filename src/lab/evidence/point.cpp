#include "lab/evidence/point.h"

#include <algorithm>
#include <cmath>

#include "base/result.h"

namespace septet::lab::evidence {

namespace {

bool at_most(double got, std::optional<double> stated, double digit) {
  return !stated || got < *stated + 0.5 * digit;
}

bool equal(double got, std::optional<double> stated, double digit) {
  return !stated || std::abs(got - *stated) <= 0.5001 * digit;
}

}  // namespace

Errors errors_of(std::span<const double> relative_errors) {
  Errors errors;
  errors.count = relative_errors.size();
  if (errors.count == 0) return errors;
  std::vector<double> sorted;
  for (const double one : relative_errors) {
    errors.bias += one;
    sorted.push_back(std::abs(one));
  }
  std::ranges::sort(sorted);
  const std::size_t n = errors.count;
  for (const double one : sorted) errors.mean += one;
  errors.mean /= static_cast<double>(n);
  errors.bias /= static_cast<double>(n);
  errors.median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  errors.nine_in_ten = sorted[(n - 1) * 9 / 10];
  errors.worst = sorted.back();
  return errors;
}

Errors errors_of(std::span<const Point> points) {
  std::vector<double> all;
  for (const Point& point : points) all.push_back(point.error());
  return errors_of(all);
}

Errors naive_errors_of(std::span<const Point> points) {
  std::vector<double> all;
  for (const Point& point : points) {
    if (const auto error = point.naive_error()) all.push_back(*error);
  }
  return errors_of(all);
}

std::string_view to_string(ChosenOn chosen) {
  switch (chosen) {
    case ChosenOn::kNothing: return "nothing was chosen";
    case ChosenOn::kSameTable: return "chosen on this table";
    case ChosenOn::kOtherModels: return "chosen on other models: held out";
    case ChosenOn::kOwnPoints: return "chosen on its own calibration points: held out";
  }
  SEPTET_ASSERT(false);
}

std::optional<bool> Group::holds() const {
  if (!stated.any()) return std::nullopt;
  const Errors got = errors();
  if (got.count == 0) return false;
  const auto agrees = recomputed ? equal : at_most;
  return (!recomputed || !stated.count || got.count == *stated.count) &&
         agrees(got.mean, stated.mean, stated.digit) &&
         agrees(got.median, stated.median, stated.digit) &&
         agrees(got.nine_in_ten, stated.nine_in_ten, stated.digit_of_nine_in_ten);
}

}  // namespace septet::lab::evidence
