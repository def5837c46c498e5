#include "plan/fitting.h"

#include <algorithm>

#include "plan/place.h"

namespace septet::plan {

Fitting::Fitting(const mig::Geometry& geometry, const std::vector<mig::Instance>& held,
                 const std::vector<Wish>& wishes)
    : geometry_(geometry), considered_(geometry.profiles.size(), false) {
  std::vector<bool> visited(geometry.profiles.size(), false);
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    considered_[row(&profile)] = profile.media == mig::Media::kPlain && !profile.graphics;
  }
  for (const Wish& wish : wishes) considered_[row(wish.profile)] = true;
  for (std::size_t r = 0; r < visited.size(); ++r) visited[r] = considered_[r];
  for (const mig::Instance& instance : held) visited[row(instance.profile)] = true;

  const auto use = [&](const mig::GpuInstanceProfile& profile) { return visited[row(&profile)]; };
  mig::visit_layouts(geometry, use, [&](const mig::Layout& layout) {
    Count added(geometry.profiles.size(), 0);
    for (const mig::Instance& instance : layout.instances()) ++added[row(instance.profile)];
    for (const mig::Instance& instance : held) {
      if (std::ranges::find(layout.instances(), instance) == layout.instances().end()) return;
      --added[row(instance.profile)];
    }
    ++layouts_;
    if (!honors_starts(layout, added, wishes)) return;
    const unsigned room = room_left(geometry, layout);
    const auto [slot, fresh] = by_count_.try_emplace(added, layout);
    if (!fresh && room <= room_[added]) return;
    slot->second = layout;
    room_[added] = room;
  });
}

// As many of a profile stand where the wish wants them as can: all of them, or all that are there.
bool Fitting::honors_starts(const mig::Layout& layout, const Count& added,
                            const std::vector<Wish>& wishes) const {
  for (const mig::GpuInstanceProfile& profile : geometry_.profiles) {
    unsigned fixed = 0, honored = 0;
    for (const Wish& wish : wishes) {
      if (wish.profile != &profile || !wish.start) continue;
      const mig::Instance there{&profile, {*wish.start, profile.size}};
      ++fixed;
      honored += std::ranges::find(layout.instances(), there) != layout.instances().end() ? 1u : 0u;
    }
    if (honored < std::min<unsigned>(fixed, added[row(&profile)])) return false;
  }
  return true;
}

Count Fitting::count_of(const std::vector<Wish>& wishes) const {
  Count count(geometry_.profiles.size(), 0);
  for (const Wish& wish : wishes) {
    std::uint8_t& number = count[row(wish.profile)];
    if (number < 255) ++number;
  }
  return count;
}

const mig::Layout* Fitting::find(const Count& added) const {
  const auto found = by_count_.find(added);
  return found == by_count_.end() ? nullptr : &found->second;
}

}  // namespace septet::plan
