// lab/replay/spread.h — a mean over seeds and how far it can be trusted.
#pragma once

#include <cmath>
#include <optional>
#include <span>
#include <vector>

namespace septet::lab::replay {

// `half` is half of the 95 % interval of the mean (Student's t); a single value has none.
struct Spread {
  double mean = 0;
  std::optional<double> half;
};

inline Spread spread(std::span<const double> values) {
  // Two-sided 95 % points by degrees of freedom; 1.96 beyond.
  constexpr double kStudent[] = {12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306,
                                 2.262,  2.228, 2.201, 2.179, 2.160, 2.145, 2.131, 2.120,
                                 2.110,  2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064,
                                 2.060,  2.056, 2.052, 2.048, 2.045, 2.042};
  Spread found;
  if (values.empty()) return found;
  const double count = static_cast<double>(values.size());
  for (const double value : values) found.mean += value / count;
  if (values.size() < 2) return found;
  double square = 0;
  for (const double value : values) square += (value - found.mean) * (value - found.mean);
  const std::size_t freedom = values.size() - 1;
  const double t = freedom <= std::size(kStudent) ? kStudent[freedom - 1] : 1.96;
  found.half = t * std::sqrt(square / static_cast<double>(freedom) / count);
  return found;
}

}  // namespace septet::lab::replay
