#include "cli/top/room.h"

#include <algorithm>
#include <bit>

namespace septet::cli::top {

namespace {

// The most compute slices that further instances can have, those from `unit` on to be decided.
unsigned most_slices(const mig::Geometry& geometry, const mig::Occupancy& taken, unsigned unit) {
  if (unit >= geometry.units) return 0;
  unsigned best = most_slices(geometry, taken, unit + 1);
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    // Variants of media take the same slices and have budgets: the plain ones reach the most.
    if (profile.media != mig::Media::kPlain) continue;
    const mig::Placement at{static_cast<std::uint8_t>(unit), profile.size};
    if (!profile.allows(at)) continue;
    if (mig::may_add(geometry, taken, profile, at) != mig::Refusal::kNone) continue;
    mig::Occupancy with = taken;
    with.add(profile, at);
    best = std::max(best, profile.slices + most_slices(geometry, with, unit + profile.size));
  }
  return best;
}

std::vector<unsigned> positions(std::uint16_t bits) {
  std::vector<unsigned> set;
  for (unsigned i = 0; i < 16; ++i) {
    if (((bits >> i) & 1u) != 0) set.push_back(i);
  }
  return set;
}

mig::Occupancy taken_on(const mig::Gpu& gpu, Room& room) {
  mig::Occupancy taken;
  for (const mig::GpuInstance& instance : gpu.instances) {
    const auto* profile = gpu.geometry->geometry.find_id(instance.profile_id);
    if (profile != nullptr) {
      taken.add(*profile, instance.at);
      room.used_slices += profile->slices;
    } else {  // a profile that the tables do not know still stands where it stands
      taken.units = static_cast<std::uint16_t>(taken.units | instance.at.mask());
    }
  }
  return taken;
}

}  // namespace

Room room_on(const mig::Gpu& gpu) {
  Room room;
  if (gpu.problem || gpu.mode != mig::MigMode::kOn || !gpu.geometry) return room;
  const mig::Geometry& geometry = gpu.geometry->geometry;
  room.units = geometry.units;
  room.slices = geometry.slices;
  const mig::Occupancy taken = taken_on(gpu, room);
  const auto all = static_cast<std::uint16_t>((1u << geometry.units) - 1u);
  room.used = taken.units;
  room.free = static_cast<std::uint16_t>(all & ~taken.units);
  room.stranded = room.free;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    const std::uint16_t starts = mig::free_starts(geometry, taken, profile);
    if (starts == 0) continue;
    room.fits.push_back({std::string(profile.name), profile.slices, profile.size,
                         profile.media == mig::Media::kPlain,
                         mig::remaining(geometry, taken, profile), positions(starts)});
    for (const unsigned start : room.fits.back().starts) {
      const mig::Placement at{static_cast<std::uint8_t>(start), profile.size};
      room.stranded = static_cast<std::uint16_t>(room.stranded & ~at.mask());
    }
  }
  room.free_slices = room.slices - std::min(room.slices, room.used_slices);
  const unsigned usable = most_slices(geometry, taken, 0);
  room.stranded_slices = room.free_slices - std::min(room.free_slices, usable);
  return room;
}

std::vector<mig::Placement> runs(std::uint16_t bits) {
  std::vector<mig::Placement> found;
  for (unsigned start = 0; start < 16;) {
    const auto rest = static_cast<std::uint16_t>(bits >> start);
    if (rest == 0) break;
    start += static_cast<unsigned>(std::countr_zero(rest));
    const auto size =
        static_cast<unsigned>(std::countr_one(static_cast<std::uint16_t>(bits >> start)));
    found.push_back({static_cast<std::uint8_t>(start), static_cast<std::uint8_t>(size)});
    start += size;
  }
  return found;
}

}  // namespace septet::cli::top
