// bench/cost_curve.h — time against fleet size, drawn.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace septet::bench {

struct CurvePoint {
  std::uint64_t gpus = 0;
  double count = 0, layouts = 0, mixed = 0, verify = 0;  // seconds
  double gap = 0;                                        // of the mixed fleet
  double peak_mib = 0;                                   // of the process so far
};

// Both axes logarithmic: 10 to 1,000,000 GPUs, 10 ns to 10 s.
std::string curve_svg(const std::vector<CurvePoint>& points);

}  // namespace septet::bench
