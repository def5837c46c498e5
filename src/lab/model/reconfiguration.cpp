#include "lab/model/reconfiguration.h"

#include <algorithm>
#include <iterator>

#include "plan/makespan/call_seconds.h"

namespace septet::lab {

namespace {

struct RecutCall {
  Constant create, destroy;
};

constexpr std::string_view kFar = "FAR (arXiv 2507.13601), artecs-group/RL_MIG_scheduler";
constexpr std::string_view kLikeA100 = "as FAR measured on A100 for as many slices";

// FAR's on A100 for 1, 2, 3, 4 and 7 slices, in seconds.
RecutCall like_a100(unsigned slices) {
  constexpr unsigned kSlices[] = {1, 2, 3, 4, 7};
  constexpr double kCreate[] = {0.16, 0.17, 0.20, 0.21, 0.24};
  constexpr double kDestroy[] = {0.20, 0.20, 0.21, 0.21, 0.22};
  std::size_t at = 0;
  while (at + 1 < std::size(kSlices) && kSlices[at] < slices) ++at;
  return {{kCreate[at], Evidence::kAssumed, kLikeA100},
          {kDestroy[at], Evidence::kAssumed, kLikeA100}};
}

RecutCall call_of(const GpuModel& gpu, const mig::GpuInstanceProfile& profile) {
  const auto costs = plan::measured_call_costs(*gpu.product);
  if (!costs) return like_a100(profile.slices);
  const auto found = costs->find(&profile);
  if (found == costs->end()) return like_a100(profile.slices);
  const double tick = 1.0 / plan::kSecond;
  return {{static_cast<double>(found->second.create) * tick, Evidence::kMeasured, kFar},
          {static_cast<double>(found->second.destroy) * tick, Evidence::kMeasured, kFar}};
}

}  // namespace

Constant create_seconds(const GpuModel& gpu, const mig::GpuInstanceProfile& profile) {
  return call_of(gpu, profile).create;
}

Constant destroy_seconds(const GpuModel& gpu, const mig::GpuInstanceProfile& profile) {
  return call_of(gpu, profile).destroy;
}

double calls_seconds(const GpuModel& gpu, const mig::Layout& from, const mig::Layout& to) {
  double seconds = 0.0;
  for (const mig::Instance& instance : from.instances()) {
    if (std::ranges::find(to.instances(), instance) == to.instances().end())
      seconds += destroy_seconds(gpu, *instance.profile).value;
  }
  for (const mig::Instance& instance : to.instances()) {
    if (std::ranges::find(from.instances(), instance) == from.instances().end())
      seconds += create_seconds(gpu, *instance.profile).value;
  }
  return seconds;
}

}  // namespace septet::lab
