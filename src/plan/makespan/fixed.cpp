#include "plan/makespan/fixed.h"

#include <algorithm>

namespace septet::plan {

std::optional<MakespanPlan> plan_on_layout(const MakespanProblem& problem,
                                           std::span<const mig::Instance> instances,
                                           const MakespanEffort& effort) {
  std::vector<bool> keep(problem.board.size(), false);
  for (unsigned place = 1; place < keep.size(); ++place) {
    keep[place] = std::ranges::any_of(instances, [&](const mig::Instance& instance) {
      return instance.profile == problem.board[place].profile &&
             instance.at == problem.board[place].at;
    });
  }
  const MakespanProblem fewer = with_places(problem, keep);
  for (const std::vector<Ticks>& takes : fewer.takes) {
    if (std::ranges::min(takes) == kNever) return std::nullopt;
  }
  return shortest_plan(fewer, effort);
}

std::vector<mig::Instance> all_smallest(const mig::Geometry& geometry) {
  const mig::GpuInstanceProfile* smallest = nullptr;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    if (profile.media != mig::Media::kPlain || profile.graphics) continue;
    if (smallest == nullptr || profile.size < smallest->size) smallest = &profile;
  }
  std::vector<mig::Instance> all;
  for (std::uint8_t start = 0; smallest != nullptr && start < 16; ++start) {
    const mig::Placement at{start, smallest->size};
    if (smallest->allows(at)) all.push_back({smallest, at});
  }
  return all;
}

}  // namespace septet::plan
