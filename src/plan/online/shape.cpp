#include "plan/online/shape.h"

#include <algorithm>
#include <set>

#include "base/result.h"

namespace septet::plan::online {

namespace {

Profiles smallest_first(const mig::Geometry& geometry, const mig::ProfileFilter& use) {
  Profiles chosen;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    if (use(profile)) chosen.push_back(&profile);
  }
  std::ranges::stable_sort(chosen, [](const auto* a, const auto* b) {
    return std::pair(a->size, a->slices) < std::pair(b->size, b->slices);
  });
  return chosen;
}

}  // namespace

Profiles plain_profiles(const mig::Geometry& geometry) {
  return smallest_first(geometry, [](const mig::GpuInstanceProfile& profile) {
    return profile.media == mig::Media::kPlain && !profile.graphics;
  });
}

Profiles every_profile(const mig::Geometry& geometry) {
  return smallest_first(geometry, [](const mig::GpuInstanceProfile&) { return true; });
}

Shape::Shape(const mig::Geometry& geometry, Profiles profiles)
    : geometry_(&geometry), profiles_(std::move(profiles)) {
  number_windows();
  number_layouts();
  fill_tables();
}

void Shape::number_windows() {
  for (unsigned cls = 0; cls < classes(); ++cls) {
    std::uint64_t own = 0;
    const std::uint16_t starts = mig::free_starts(*geometry_, mig::Occupancy{}, *profiles_[cls]);
    for (std::uint8_t start = 0; start < 16; ++start) {
      if (((starts >> start) & 1u) == 0) continue;
      SEPTET_ASSERT(windows_.size() < 64);
      own |= std::uint64_t{1} << windows_.size();
      windows_.push_back({static_cast<std::uint8_t>(cls), {start, profiles_[cls]->size}});
    }
    class_windows_.push_back(own);
  }
}

void Shape::number_layouts() {
  const auto use = [&](const mig::GpuInstanceProfile& profile) {
    return std::ranges::find(profiles_, &profile) != profiles_.end();
  };
  const auto window_of = [&](const mig::Instance& instance) {
    const auto found = std::ranges::find_if(windows_, [&](const Window& window) {
      return profiles_[window.cls] == instance.profile && window.at == instance.at;
    });
    return static_cast<unsigned>(found - windows_.begin());
  };
  mig::visit_layouts(*geometry_, use, [&](const mig::Layout& layout) {
    std::uint64_t held = 0;
    for (const mig::Instance& instance : layout.instances())
      held |= std::uint64_t{1} << window_of(instance);
    held_.push_back(held);
  });
  // By what is taken, so that neighbours in number look alike; the empty one first.
  const auto taken = [&](std::uint64_t held) {
    unsigned mask = 0;
    for (; held != 0; held &= held - 1)
      mask |= window_mask(static_cast<unsigned>(std::countr_zero(held)));
    return mask;
  };
  std::ranges::sort(held_, {}, [&](std::uint64_t held) { return std::pair(taken(held), held); });
  SEPTET_ASSERT(held_.size() < kNone && held_.front() == 0);
  for (std::size_t i = 0; i < held_.size(); ++i)
    by_held_.emplace_back(held_[i], static_cast<Layout>(i));
  std::ranges::sort(by_held_);
}

mig::Occupancy Shape::occupancy(Layout layout) const {
  mig::Occupancy taken;
  for (std::uint64_t rest = held_[layout]; rest != 0; rest &= rest - 1) {
    const Window& window = windows_[static_cast<std::size_t>(std::countr_zero(rest))];
    taken.add(*profiles_[window.cls], window.at);
  }
  return taken;
}

void Shape::fill_tables() {
  std::set<std::uint16_t> masks;
  for (unsigned i = 0; i < layouts(); ++i) {
    const auto layout = static_cast<Layout>(i);
    const mig::Occupancy taken = occupancy(layout);
    masks_.push_back(taken.units);
    masks.insert(taken.units);
    for (const auto* profile : profiles_) {
      remaining_.push_back(static_cast<std::uint8_t>(mig::remaining(*geometry_, taken, *profile)));
    }
    std::uint64_t fitting = 0;
    for (unsigned w = 0; w < windows(); ++w) {
      const std::uint64_t bit = std::uint64_t{1} << w;
      const bool there = (held_[i] & bit) != 0;
      added_.push_back(there ? kNone : find(held_[i] | bit));
      removed_.push_back(there ? find(held_[i] & ~bit) : kNone);
      if (added_.back() != kNone) fitting |= bit;
    }
    fits_.push_back(fitting);
  }
  distinct_masks_ = static_cast<unsigned>(masks.size());
}

Shape::Layout Shape::find(std::uint64_t held) const {
  const auto found =
      std::ranges::lower_bound(by_held_, held, {}, &std::pair<std::uint64_t, Layout>::first);
  return found != by_held_.end() && found->first == held ? found->second : kNone;
}

}  // namespace septet::plan::online
