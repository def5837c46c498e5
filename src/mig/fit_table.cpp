#include "mig/fit_table.h"

namespace septet::mig {

FitTable::FitTable(const Geometry& geometry) {
  SEPTET_ASSERT(geometry.units <= 16);
  static_assert(sizeof(Occupancy) == sizeof(std::uint64_t));
  for (const GpuInstanceProfile& profile : geometry.profiles) {
    const unsigned starts = free_starts(geometry, Occupancy{}, profile);
    for (std::uint8_t start = 0; start < 16; ++start) {
      if (((starts >> start) & 1u) != 0) pairs_.push_back({&profile, {start, profile.size}});
    }
  }
  SEPTET_ASSERT(pairs_.size() <= 64);
  const std::size_t rows = std::size_t{1} << geometry.units;
  by_units_ = std::make_unique<std::uint64_t[]>(rows);
  for (std::size_t units = 0; units < rows; ++units) {
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      if ((units & pairs_[i].at.mask()) == 0) by_units_[units] |= std::uint64_t{1} << i;
    }
  }
  for (unsigned used = 0; used < 32; ++used) {
    const auto bit = [used](unsigned i) { return static_cast<std::uint8_t>((used >> i) & 1u); };
    const Occupancy taken{0, bit(0), bit(1), bit(2), bit(3), bit(4)};
    by_budget_[budgets_used(taken)] = open_under(taken, geometry);
  }
}

// The pairs whose profile the media and graphics budgets still allow, wherever it would stand.
std::uint64_t FitTable::open_under(const Occupancy& taken, const Geometry& geometry) const {
  std::uint64_t open = 0;
  for (std::size_t i = 0; i < pairs_.size(); ++i) {
    const bool allowed = free_starts(geometry, taken, *pairs_[i].profile) != 0;
    if (allowed) open |= std::uint64_t{1} << i;
  }
  return open;
}

}  // namespace septet::mig
