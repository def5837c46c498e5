#include "mig/default_placement.h"

#include <bit>

namespace septet::mig {

namespace {

bool taken_at(std::uint16_t starts, std::uint8_t start) { return ((starts >> start) & 1u) != 0; }

std::uint16_t with(std::uint16_t taken, Placement at) {
  return static_cast<std::uint16_t>(taken | at.mask());
}

// Pairs still possible, by memory units alone: the recorded sequences are explained without
// budgets.
unsigned open_pairs(const Geometry& geometry, std::uint16_t units) {
  unsigned pairs = 0;
  for (const GpuInstanceProfile& profile : geometry.profiles) {
    for (std::uint8_t start = 0; start < 16; ++start) {
      const Placement at{start, profile.size};
      if (taken_at(profile.starts, start) && (units & at.mask()) == 0) ++pairs;
    }
  }
  return pairs;
}

unsigned open_compute_pairs(const GpuInstanceProfile& gpu_instance, std::uint16_t taken) {
  int pairs = 0;
  for (const ComputeInstanceProfile& profile : gpu_instance.compute) {
    pairs += std::popcount(free_compute_starts(taken, profile));
  }
  return static_cast<unsigned>(pairs);
}

// The double-memory 1g goes where a 2g could go, and only then to its extra start at the end
// (R1.4).
std::uint16_t preferred_starts(const Geometry& geometry, const GpuInstanceProfile& profile,
                               std::uint16_t open) {
  if (profile.slices != 1) return open;
  for (const GpuInstanceProfile& other : geometry.profiles) {
    if (other.slices != 2 || other.size != profile.size) continue;
    const auto shared = static_cast<std::uint16_t>(open & other.starts);
    if (shared != 0) return shared;
  }
  return open;
}

// Among `starts`, the one that leaves most (as counted by `left`), lowest first on ties.
template <typename Left>
std::optional<Placement> least_loss(std::uint16_t starts, std::uint8_t size, std::uint16_t taken,
                                    const Left& left) {
  std::optional<Placement> best;
  unsigned most = 0;
  for (std::uint8_t start = 0; start < 16; ++start) {
    if (!taken_at(starts, start)) continue;
    const Placement at{start, size};
    const unsigned pairs = left(with(taken, at));
    if (best && pairs <= most) continue;
    best = at;
    most = pairs;
  }
  return best;
}

}  // namespace

std::optional<Placement> default_placement(const Geometry& geometry, const Occupancy& taken,
                                           const GpuInstanceProfile& profile) {
  const std::uint16_t open = free_starts(geometry, taken, profile);
  return least_loss(preferred_starts(geometry, profile, open), profile.size, taken.units,
                    [&](std::uint16_t units) { return open_pairs(geometry, units); });
}

std::uint16_t free_compute_starts(std::uint16_t taken, const ComputeInstanceProfile& profile) {
  unsigned open = 0;
  for (std::uint8_t start = 0; start + profile.size <= 16 && profile.size > 0; ++start) {
    const Placement at{start, profile.size};
    if (taken_at(profile.starts, start) && (taken & at.mask()) == 0) open |= 1u << start;
  }
  return static_cast<std::uint16_t>(open);
}

unsigned remaining_compute(std::uint16_t taken, const ComputeInstanceProfile& profile) {
  unsigned count = 0;
  while (const std::uint16_t open = free_compute_starts(taken, profile)) {
    const auto start = static_cast<std::uint8_t>(std::countr_zero(open));
    taken = with(taken, {start, profile.size});
    ++count;
  }
  return count;
}

std::optional<Placement> default_compute_placement(Architecture architecture,
                                                   const GpuInstanceProfile& gpu_instance,
                                                   std::uint16_t taken,
                                                   const ComputeInstanceProfile& profile) {
  const std::uint16_t open = free_compute_starts(taken, profile);
  switch (architecture) {
    case Architecture::kAmpere:
      if (open == 0) return std::nullopt;
      return Placement{static_cast<std::uint8_t>(std::countr_zero(open)), profile.size};
    case Architecture::kHopper:
    case Architecture::kBlackwell:
      return least_loss(open, profile.size, taken, [&](std::uint16_t slices) {
        return open_compute_pairs(gpu_instance, slices);
      });
  }
  return std::nullopt;
}

std::vector<std::optional<Placement>> default_sequence(
    const Geometry& geometry, Occupancy taken,
    const std::vector<const GpuInstanceProfile*>& requests) {
  std::vector<std::optional<Placement>> placed;
  placed.reserve(requests.size());
  bool refused = false;
  for (const GpuInstanceProfile* profile : requests) {
    const auto at = refused ? std::nullopt : default_placement(geometry, taken, *profile);
    refused = !at;
    if (at) taken.add(*profile, *at);
    placed.push_back(at);
  }
  return placed;
}

}  // namespace septet::mig
