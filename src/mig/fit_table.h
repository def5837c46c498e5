// mig/fit_table.h — what still fits, as one table lookup.
//
// One bit per (profile, start) pair of a geometry (at most 64), one row per set of taken memory
// units. Built once per geometry (256 rows of 8 bytes on 8-unit boards, 4096 on 12-unit ones).
// Budget: <= 2 ns per probe (fit_table_bench).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "mig/layout.h"

namespace septet::mig {

class FitTable {
 public:
  struct Pair {
    const GpuInstanceProfile* profile;
    Placement at;
  };
  explicit FitTable(const Geometry& geometry);

  const std::vector<Pair>& pairs() const { return pairs_; }
  // Bit i set <=> pairs()[i] may be added to `taken`. Budgets included.
  // No branches on `taken`: which budgets are used up varies from call to call, and a mispredicted
  // branch costs more than everything else here.
  std::uint64_t fits(const Occupancy& taken) const {
    std::uint64_t shut = me_ & when(taken.me != 0);
    shut |= ~no_me_ & when(taken.all_me != 0);
    shut |= all_me_ & when(taken.with_media != 0);
    if (one_compute_one_graphics_) {
      shut |= graphics_ & when(taken.graphics != 0);
      shut |= ~graphics_ & when(taken.compute_only != 0);
    }
    return by_units_[taken.units] & ~shut;
  }
  bool free(const Occupancy& taken, unsigned pair) const {
    return ((fits(taken) >> pair) & 1u) != 0;
  }

 private:
  static constexpr std::uint64_t when(bool condition) { return condition ? ~std::uint64_t{0} : 0; }

  std::vector<Pair> pairs_;
  std::vector<std::uint64_t> by_units_;
  std::uint64_t me_ = 0, all_me_ = 0, no_me_ = 0, graphics_ = 0;
  bool one_compute_one_graphics_ = false;
};

}  // namespace septet::mig
