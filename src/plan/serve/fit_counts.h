// plan/serve/fit_counts.h — how few GPUs hold so many instances of each profile, and how.
//
// Exact for small counts; large ones are first filled by the linear program over the columns and
// only the last few GPUs are searched. Prices that it learns on the way (each a proof that no fewer
// GPUs do) are kept: one FitCounts answers many questions about one product.
#pragma once

#include <optional>
#include <vector>

#include "plan/serve/cover.h"

namespace septet::plan {

class FitCounts {
 public:
  explicit FitCounts(const SlotTable& table);

  // GPUs if they could be had in parts; learns the prices that prove it.
  double fractional(const SlotCounts& counts);
  // The same by the prices learnt so far: never more than that.
  double by_known_prices(const SlotCounts& counts) const;
  const std::vector<std::array<double, kMostSlots>>& known_prices() const { return known_; }

  // GPUs per column that hold at least `counts`, `gpus` in all at most. nullopt: none found; there
  // is none if `sure` says so.
  std::optional<std::vector<unsigned>> into(const SlotCounts& counts, unsigned gpus,
                                            bool* sure = nullptr);
  // The fewest that `into` manages.
  std::vector<unsigned> into_fewest(const SlotCounts& counts);

 private:
  const SlotTable& table_;
  std::vector<std::array<double, kMostSlots>> known_;
  std::vector<double> shares_;  // of the last fractional(): GPUs by column
};

// Whole-number prices that no column of the table exceeds kPriceUnit with, from proposed ones.
SlotPrices safe_prices(const SlotTable& table, const double* proposed);

}  // namespace septet::plan
