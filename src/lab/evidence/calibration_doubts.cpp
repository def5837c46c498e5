#include "lab/evidence/calibration_doubts.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace septet::lab::evidence {

namespace {

// Larger instances that are slower by less than this are noise.
constexpr double kNoise = 0.02;
// Above it the time without kernels hides what they take.
constexpr double kHostBound = 0.8;
constexpr double kSameRatio = 0.01;

using Doubts = std::vector<std::string>;

std::vector<TimedProfile> alone_in(const Calibration& calibration) {
  std::vector<TimedProfile> alone;
  for (const TimedProfile& one : calibration.points) {
    if (one.processes == 1) alone.push_back(one);
  }
  return alone;
}

void larger_but_slower(const std::vector<TimedProfile>& alone, Doubts& doubts) {
  for (const TimedProfile& small : alone) {
    for (const TimedProfile& large : alone) {
      const bool larger =
          large.share.sm > small.share.sm && large.share.memory >= small.share.memory;
      if (!larger || large.seconds <= small.seconds * (1.0 + kNoise)) continue;
      doubts.push_back(fmt::format(
          "{} is slower than {} ({:.4g} ms against {:.4g} ms): the model cannot say so; it "
          "happens, "
          "but measure both again",
          large.profile->name, small.profile->name, large.seconds * 1e3, small.seconds * 1e3));
      return;
    }
  }
}

void not_told_apart(const std::vector<TimedProfile>& alone, Doubts& doubts) {
  if (alone.size() == 2) {
    doubts.emplace_back(
        "two points do not tell SMs from bandwidth: a quarter of what slices change (to the power "
        "p) is taken to be bandwidth; measure 3g as well");
    return;
  }
  const auto ratio = [](const TimedProfile& one) { return one.share.memory / one.share.sm; };
  const auto [least, most] = std::ranges::minmax(alone, {}, ratio);
  if (ratio(most) < ratio(least) * (1.0 + kSameRatio)) {
    doubts.emplace_back(
        "all profiles measured have the same memory per SM: C and M are not told apart");
  }
}

void kernels_hidden(const Calibration& calibration, const std::vector<TimedProfile>& alone,
                    Doubts& doubts) {
  if (alone.size() < calibration.points.size()) return;  // MPS runs tell
  const double host = calibration.work.host / alone.front().seconds;
  if (host < kHostBound) return;
  doubts.push_back(fmt::format(
      "host-bound even on {} (L is {:.0f} % of its time): how long the kernels take is hidden, so "
      "sharing by MPS or time would look free; measure two processes in it (processes 2)",
      alone.front().profile->name, 100 * std::min(host, 1.0)));
}

}  // namespace

std::vector<std::string> doubts_about(const Calibration& calibration, const GpuModel& gpu) {
  Doubts doubts;
  const std::vector<TimedProfile> alone = alone_in(calibration);
  not_told_apart(alone, doubts);
  larger_but_slower(alone, doubts);
  kernels_hidden(calibration, alone, doubts);
  const Errors left_out = errors_of(calibration.left_out);
  if (left_out.count > 0 && left_out.worst > kWithinOutside) {
    doubts.push_back(fmt::format(
        "left out, one point is missed by {:.0f} %: this work does not follow the model well",
        100 * left_out.worst));
  }
  if (!gpu.validated) doubts.push_back(fmt::format("{}: {}", gpu.product->id, gpu.validation));
  return doubts;
}

}  // namespace septet::lab::evidence
