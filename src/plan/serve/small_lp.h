// plan/serve/small_lp.h — a linear program with few rows and columns that arrive over time.
//
//   minimize  sum cost_j x_j,  sum_j a_ij x_j >= b_i (or = b_i),  x >= 0
//
// Primal simplex on a dense basis inverse: made for at most 17 rows, where it takes microseconds
// (docs/adr/0008 says why there is one).
// Floating point: its duals are a proposal. Whoever needs a proof rounds them and checks them in
// whole numbers (serve/cover.h, serve/fit_counts.h); one that stops early proposes less.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

namespace septet::plan {

class SmallLp {
 public:
  static constexpr std::size_t kMostRows = 17;
  using Column = std::array<double, kMostRows>;

  // The last `equalities` rows are equations.
  SmallLp(std::vector<double> right_side, std::size_t equalities);

  std::size_t add(const Column& column, double cost);  // its index
  // `basis` has one column per row and is feasible. Returns whether it was.
  bool start(const std::vector<std::size_t>& basis);
  void solve();  // from the basis it is in

  double objective() const;
  double value(std::size_t column) const;
  const Column& duals() const { return duals_; }

 private:
  bool refactor();  // false: the basis is too close to singular; nothing has changed
  void price();
  std::size_t entering(bool first_found) const;
  bool pivot(std::size_t column);

  std::size_t rows_;
  std::vector<double> right_side_;
  std::vector<Column> columns_;  // surplus columns first
  std::vector<double> costs_;
  std::size_t surplus_;
  std::vector<std::size_t> basis_;
  std::array<Column, kMostRows> inverse_{};
  Column values_{}, duals_{};
};

}  // namespace septet::plan
