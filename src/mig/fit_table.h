// mig/fit_table.h — what still fits, as one table lookup.
//
// One bit per (profile, start) pair of a geometry (at most 64), one row per set of taken memory
// units. Built once per geometry (256 rows of 8 bytes on 8-unit boards, 4096 on 12-unit ones).
// Budget: <= 2 ns per probe (fit_table_bench).
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <memory>
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
  // Two loads and no branches: which budgets are used up varies from call to call, and a
  // mispredicted branch costs more than everything else here.
  std::uint64_t fits(const Occupancy& taken) const {
    return by_units_[taken.units] & by_budget_[budgets_used(taken)];
  }
  bool free(const Occupancy& taken, unsigned pair) const {
    return ((fits(taken) >> pair) & 1u) != 0;
  }

 private:
  // One bit per counter of Occupancy that is not zero. The counters are the bytes above `units`,
  // all below 128: adding 127 carries into a byte's top bit where it is not zero; the product
  // gathers those bits in the top byte.
  static std::size_t budgets_used(const Occupancy& taken) {
    const std::uint64_t counters = std::bit_cast<std::uint64_t>(taken) >> 16;
    const std::uint64_t used = ((counters + 0x7f7f7f7f7f7fu) & 0x808080808080u) >> 7;
    return (used * 0x0102040810204080u) >> 56;
  }
  std::uint64_t open_under(const Occupancy& taken, const Geometry& geometry) const;

  std::vector<Pair> pairs_;
  std::unique_ptr<std::uint64_t[]> by_units_;
  std::array<std::uint64_t, 256> by_budget_{};
};

}  // namespace septet::mig
