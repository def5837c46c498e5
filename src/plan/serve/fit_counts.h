// plan/serve/fit_counts.h — how few GPUs hold so many instances of each profile, and how.
//
// Exact for small counts, by prices in whole numbers; large ones are first filled by the linear
// program over the columns and only the last few GPUs are searched. Prices that it learns on the
// way (each a proof that no fewer GPUs do) are kept: one FitCounts answers many questions about one
// product.
#pragma once

#include <optional>
#include <vector>

#include "plan/serve/cover.h"

namespace septet::plan {

class FitCounts {
 public:
  explicit FitCounts(const SlotTable& table);

  // GPUs if they could be had in parts, as far as floating point can tell; learns prices from it.
  double fractional(const SlotCounts& counts);
  // What the prices learnt so far prove, in kPriceUnit: exact, and never more than is needed.
  std::int64_t proven(const SlotCounts& counts) const;
  // As they were learnt, for who wants to come closer.
  const std::vector<std::array<double, kMostSlots>>& known_prices() const { return known_; }

  // GPUs per column that hold at least `counts`, `gpus` in all at most. nullopt: none found; there
  // is none if `sure` says so.
  std::optional<std::vector<unsigned>> into(const SlotCounts& counts, unsigned gpus,
                                            bool* sure = nullptr);
  // The fewest that `into` manages.
  std::vector<unsigned> into_fewest(const SlotCounts& counts);

 private:
  double by_known_prices(const SlotCounts& counts) const;

  const SlotTable& table_;
  std::vector<std::array<double, kMostSlots>> known_;
  std::vector<SlotPrices> safe_;  // the same, so that no column is worth more than a GPU
  std::vector<double> shares_;    // of the last fractional(): GPUs by column
};

// Whole-number prices that no column of the table exceeds kPriceUnit with, from proposed ones.
SlotPrices safe_prices(const SlotTable& table, const double* proposed);

}  // namespace septet::plan
