#include "plan/serve/small_lp.h"

#include <algorithm>
#include <cmath>

#include "base/result.h"

namespace septet::plan {

namespace {

constexpr double kTiny = 1e-10;
constexpr std::size_t kNone = static_cast<std::size_t>(-1);
constexpr unsigned kMostPivots = 2000;
constexpr unsigned kRefactorEvery = 25;

}  // namespace

SmallLp::SmallLp(std::vector<double> right_side, std::size_t equalities)
    : rows_(right_side.size()), right_side_(std::move(right_side)), surplus_(rows_ - equalities) {
  SEPTET_ASSERT(rows_ <= kMostRows && equalities <= rows_);
  for (std::size_t row = 0; row < surplus_; ++row) {
    Column column{};
    column[row] = -1.0;
    columns_.push_back(column);
    costs_.push_back(0.0);
  }
}

std::size_t SmallLp::add(const Column& column, double cost) {
  columns_.push_back(column);
  costs_.push_back(cost);
  return columns_.size() - 1 - surplus_;
}

bool SmallLp::start(const std::vector<std::size_t>& basis) {
  basis_.clear();
  for (const std::size_t column : basis) basis_.push_back(column + surplus_);
  SEPTET_ASSERT(basis_.size() == rows_);
  if (!refactor()) return false;
  return std::all_of(values_.begin(), values_.begin() + static_cast<std::ptrdiff_t>(rows_),
                     [](double value) { return value >= -1e-7; });
}

// Gauss-Jordan with row pivoting.
bool SmallLp::refactor() {
  std::array<Column, kMostRows> matrix{}, inverse{};
  for (std::size_t r = 0; r < rows_; ++r) {
    inverse[r][r] = 1.0;
    for (std::size_t c = 0; c < rows_; ++c) matrix[r][c] = columns_[basis_[c]][r];
  }
  for (std::size_t c = 0; c < rows_; ++c) {
    std::size_t best = c;
    for (std::size_t r = c + 1; r < rows_; ++r) {
      if (std::abs(matrix[r][c]) > std::abs(matrix[best][c])) best = r;
    }
    if (std::abs(matrix[best][c]) <= 1e-14) return false;
    std::swap(matrix[best], matrix[c]);
    std::swap(inverse[best], inverse[c]);
    const double scale = 1.0 / matrix[c][c];
    for (std::size_t k = 0; k < rows_; ++k) {
      matrix[c][k] *= scale;
      inverse[c][k] *= scale;
    }
    for (std::size_t r = 0; r < rows_; ++r) {
      const double factor = matrix[r][c];
      if (r == c || factor == 0.0) continue;
      for (std::size_t k = 0; k < rows_; ++k) {
        matrix[r][k] -= factor * matrix[c][k];
        inverse[r][k] -= factor * inverse[c][k];
      }
    }
  }
  inverse_ = inverse;
  price();
  return true;
}

void SmallLp::price() {
  for (std::size_t r = 0; r < rows_; ++r) {
    values_[r] = 0.0;
    for (std::size_t k = 0; k < rows_; ++k) values_[r] += inverse_[r][k] * right_side_[k];
  }
  for (std::size_t k = 0; k < rows_; ++k) {
    duals_[k] = 0.0;
    for (std::size_t r = 0; r < rows_; ++r) duals_[k] += costs_[basis_[r]] * inverse_[r][k];
  }
}

std::size_t SmallLp::entering(bool first_found) const {
  std::size_t best = kNone;
  double least = -1e-9;
  for (std::size_t j = 0; j < columns_.size(); ++j) {
    double reduced = costs_[j], scale = 1.0;
    for (std::size_t r = 0; r < rows_; ++r) {
      reduced -= duals_[r] * columns_[j][r];
      scale = std::max(scale, std::abs(columns_[j][r]));
    }
    reduced /= scale;
    if (reduced >= least) continue;
    best = j;
    if (first_found) return best;
    least = reduced;
  }
  return best;
}

// False: no row limits it, which a bounded problem does not have.
bool SmallLp::pivot(std::size_t column) {
  Column direction{};
  for (std::size_t r = 0; r < rows_; ++r) {
    for (std::size_t k = 0; k < rows_; ++k) direction[r] += inverse_[r][k] * columns_[column][k];
  }
  std::size_t leaving = kNone;
  double step = 0.0;
  for (std::size_t r = 0; r < rows_; ++r) {
    if (direction[r] <= kTiny) continue;
    const double ratio = std::max(values_[r], 0.0) / direction[r];
    const bool better =
        leaving == kNone || ratio < step - kTiny ||
        (ratio < step + kTiny && basis_[r] < basis_[leaving]);  // Bland: the lowest index
    if (!better) continue;
    leaving = r;
    step = ratio;
  }
  if (leaving == kNone) return false;
  basis_[leaving] = column;
  const double scale = 1.0 / direction[leaving];
  for (std::size_t k = 0; k < rows_; ++k) inverse_[leaving][k] *= scale;
  for (std::size_t r = 0; r < rows_; ++r) {
    if (r == leaving) continue;
    for (std::size_t k = 0; k < rows_; ++k) inverse_[r][k] -= direction[r] * inverse_[leaving][k];
  }
  price();
  return true;
}

void SmallLp::solve() {
  for (unsigned pivots = 1; pivots <= kMostPivots; ++pivots) {
    const std::size_t column = entering(pivots > kMostPivots / 2);
    if (column == kNone || !pivot(column)) return;
    if (pivots % kRefactorEvery == 0 && !refactor()) return;
  }
}

double SmallLp::objective() const {
  double total = 0.0;
  for (std::size_t r = 0; r < rows_; ++r) total += costs_[basis_[r]] * values_[r];
  return total;
}

double SmallLp::value(std::size_t column) const {
  const auto at = std::ranges::find(basis_, column + surplus_);
  return at == basis_.end() ? 0.0
                            : std::max(0.0, values_[static_cast<std::size_t>(at - basis_.begin())]);
}

}  // namespace septet::plan
