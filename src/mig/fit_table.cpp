#include "mig/fit_table.h"

namespace septet::mig {

FitTable::FitTable(const Geometry& geometry)
    : one_compute_one_graphics_(geometry.one_compute_one_graphics) {
  SEPTET_ASSERT(geometry.units <= 16);
  const Occupancy empty;
  for (const GpuInstanceProfile& profile : geometry.profiles) {
    const unsigned starts = free_starts(geometry, empty, profile);
    for (std::uint8_t start = 0; start < 16; ++start) {
      if (((starts >> start) & 1u) == 0) continue;
      SEPTET_ASSERT(pairs_.size() < 64);
      const std::uint64_t bit = std::uint64_t{1} << pairs_.size();
      if (profile.media == Media::kMe) me_ |= bit;
      if (profile.media == Media::kAllMe) all_me_ |= bit;
      if (profile.media == Media::kNoMe) no_me_ |= bit;
      if (profile.graphics) graphics_ |= bit;
      pairs_.push_back({&profile, {start, profile.size}});
    }
  }
  by_units_.resize(std::size_t{1} << geometry.units);
  for (std::size_t units = 0; units < by_units_.size(); ++units) {
    for (std::size_t i = 0; i < pairs_.size(); ++i) {
      if ((units & pairs_[i].at.mask()) == 0) by_units_[units] |= std::uint64_t{1} << i;
    }
  }
}

}  // namespace septet::mig
