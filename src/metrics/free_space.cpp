#include "metrics/free_space.h"

#include <algorithm>
#include <bit>

namespace septet::metrics {

namespace {

// The most compute slices that further instances could have together; walks the units upwards and
// stops as soon as all that is free is taken.
class MostSlices {
 public:
  MostSlices(const mig::Geometry& geometry, unsigned free_slices)
      : geometry_(geometry), free_(free_slices) {}

  unsigned from(const mig::Occupancy& taken) {
    walk(taken, 0, 0);
    return best_;
  }

 private:
  void walk(const mig::Occupancy& taken, unsigned unit, unsigned got) {
    best_ = std::max(best_, got);
    for (; unit < geometry_.units && best_ < free_; ++unit) {
      if (((taken.units >> unit) & 1u) != 0) continue;
      for (const mig::GpuInstanceProfile& profile : geometry_.profiles) {
        if (best_ == free_) return;
        const mig::Placement at{static_cast<std::uint8_t>(unit), profile.size};
        if (mig::may_add(geometry_, taken, profile, at) != mig::Refusal::kNone) continue;
        mig::Occupancy with = taken;
        with.add(profile, at);
        walk(with, unit + profile.size, got + profile.slices);
      }
    }
  }

  const mig::Geometry& geometry_;
  unsigned free_, best_ = 0;
};

// How many of `profile` as many free units and slices could be, were they in one piece.
unsigned most_by_size(const mig::GpuInstanceProfile& profile, const FreeSpace& space) {
  unsigned most = profile.size == 0 ? 0 : space.free_units / profile.size;
  if (profile.slices != 0) most = std::min(most, space.free_slices / profile.slices);
  if (profile.max.known()) most = std::min(most, profile.max.value);
  return most;
}

double fragmentation_of(const FreeSpace& space) {
  unsigned fits = 0, could = 0;
  for (const ProfileFit& fit : space.fits) {
    if (!fit.profile->classic()) continue;
    fits += fit.more * fit.profile->slices;
    could += std::max(fit.more, most_by_size(*fit.profile, space)) * fit.profile->slices;
  }
  return could == 0 ? 0.0 : 1.0 - static_cast<double>(fits) / could;
}

}  // namespace

FreeSpace free_space(const mig::Geometry& geometry, const mig::Layout& layout) {
  const mig::Occupancy taken = layout.occupancy();
  FreeSpace space;
  space.compute_slices = geometry.slices;
  space.memory_units = geometry.units;
  space.free_slices =
      geometry.slices - std::min<unsigned>(geometry.slices, layout.compute_slices());
  space.free_units = geometry.units - static_cast<unsigned>(std::popcount(taken.units));
  std::uint16_t reached = taken.units;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    const std::uint16_t starts = mig::free_starts(geometry, taken, profile);
    space.fits.push_back({&profile, mig::remaining(geometry, taken, profile), starts});
    for (std::uint8_t start = 0; start < geometry.units; ++start)
      if (((starts >> start) & 1u) != 0) reached |= mig::Placement{start, profile.size}.mask();
  }
  const unsigned all = (1u << geometry.units) - 1u;
  space.stranded_units = static_cast<std::uint16_t>(all & ~unsigned{reached});
  space.stranded_slices =
      space.free_slices -
      std::min(space.free_slices, MostSlices(geometry, space.free_slices).from(taken));
  space.fragmentation = fragmentation_of(space);
  return space;
}

std::optional<FreeSpace> free_space(const mig::Gpu& gpu) {
  if (gpu.mode != mig::MigMode::kOn || !gpu.geometry || gpu.problem) return std::nullopt;
  const auto layout = mig::layout_of(gpu);
  if (!layout) return std::nullopt;
  return free_space(gpu.geometry->geometry, *layout);
}

}  // namespace septet::metrics
