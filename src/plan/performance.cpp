#include "plan/performance.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace septet::plan {

namespace {

constexpr unsigned kLargeBatch = 32;

using Terms = std::array<double, 3>;

// Solves the normal equations restricted to the terms in `use`; nullopt: singular.
std::optional<Terms> least_squares(const std::vector<Terms>& rows, const std::vector<double>& right,
                                   const std::array<bool, 3>& use) {
  std::array<std::array<double, 4>, 3> matrix{};
  for (std::size_t a = 0; a < 3; ++a) {
    if (!use[a]) {
      matrix[a][a] = 1.0;
      continue;
    }
    for (std::size_t r = 0; r < rows.size(); ++r) {
      for (std::size_t b = 0; b < 3; ++b) matrix[a][b] += use[b] ? rows[r][a] * rows[r][b] : 0.0;
      matrix[a][3] += rows[r][a] * right[r];
    }
  }
  for (std::size_t c = 0; c < 3; ++c) {
    std::size_t best = c;
    for (std::size_t r = c + 1; r < 3; ++r) {
      if (std::abs(matrix[r][c]) > std::abs(matrix[best][c])) best = r;
    }
    std::swap(matrix[best], matrix[c]);
    if (std::abs(matrix[c][c]) < 1e-12) return std::nullopt;
    for (std::size_t r = 0; r < 3; ++r) {
      const double factor = r == c ? 0.0 : matrix[r][c] / matrix[c][c];
      for (std::size_t k = c; k < 4; ++k) matrix[r][k] -= factor * matrix[c][k];
    }
  }
  return Terms{matrix[0][3] / matrix[0][0], matrix[1][3] / matrix[1][1],
               matrix[2][3] / matrix[2][2]};
}

double squares(const std::vector<Terms>& rows, const std::vector<double>& right, const Terms& x) {
  double sum = 0.0;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    const double miss = rows[r][0] * x[0] + rows[r][1] * x[1] + rows[r][2] * x[2] - right[r];
    sum += miss * miss;
  }
  return sum;
}

// The best with no term below zero: all eight choices of terms, the best feasible.
Terms non_negative(const std::vector<Terms>& rows, const std::vector<double>& right) {
  Terms best{};
  double least = squares(rows, right, best);
  for (unsigned bits = 1; bits < 8; ++bits) {
    const auto x =
        least_squares(rows, right, {(bits & 1u) != 0, (bits & 2u) != 0, (bits & 4u) != 0});
    if (!x || std::ranges::min(*x) < -1e-12) continue;
    if (const double sum = squares(rows, right, *x); sum < least - 1e-15) {
      least = sum;
      best = *x;
    }
  }
  return best;
}

std::size_t different(std::span<const TimedShare> measured) {
  std::vector<std::pair<double, double>> shares;
  for (const TimedShare& one : measured) shares.emplace_back(one.share.sm, one.share.memory);
  std::ranges::sort(shares);
  return static_cast<std::size_t>(std::ranges::unique(shares).begin() - shares.begin());
}

}  // namespace

std::optional<Share> share_of(const mig::Product& product, const mig::GpuInstanceProfile& profile) {
  if (!product.total_sms.usable() || product.total_sms.value == 0 || !profile.sm.usable() ||
      profile.sm.value == 0 || product.geometry.units == 0)
    return std::nullopt;
  return Share{static_cast<double>(profile.sm.value) / product.total_sms.value,
               static_cast<double>(profile.size) / product.geometry.units};
}

double TimeModel::seconds(Share share) const {
  const double sum = launch + compute * std::pow(1.0 / share.sm, exponent) +
                     memory * std::pow(1.0 / share.memory, exponent);
  return std::pow(sum, 1.0 / exponent);
}

double overlap_exponent(unsigned items_at_once, bool training) {
  return training || items_at_once >= kLargeBatch ? 1.5 : 2.0;
}

std::optional<TimeModel> fit_time(std::span<const TimedShare> measured, double exponent,
                                  double bandwidth_part) {
  const std::size_t points = different(measured);
  if (points < 2) return std::nullopt;
  const bool apart = points > 2;  // C and M can be told apart
  std::vector<Terms> rows;
  std::vector<double> right;
  for (const TimedShare& one : measured) {
    const double by_sm = std::pow(1.0 / one.share.sm, exponent);
    const double by_memory = std::pow(1.0 / one.share.memory, exponent);
    const double weight = 1.0 / std::pow(one.seconds, exponent);  // relative errors count
    const double sliced = (1.0 - bandwidth_part) * by_sm + bandwidth_part * by_memory;
    rows.push_back({weight, weight * (apart ? by_sm : sliced), apart ? weight * by_memory : 0.0});
    right.push_back(1.0);
  }
  // Columns of very different size make the normal equations poor: scale each to 1.
  Terms scale{};
  for (const Terms& row : rows) {
    for (std::size_t k = 0; k < 3; ++k) scale[k] = std::max(scale[k], row[k]);
  }
  for (Terms& row : rows) {
    for (std::size_t k = 0; k < 3; ++k) row[k] /= scale[k] > 0.0 ? scale[k] : 1.0;
  }
  Terms x = non_negative(rows, right);
  for (std::size_t k = 0; k < 3; ++k) x[k] = scale[k] > 0.0 ? x[k] / scale[k] : 0.0;
  if (!apart) x = {x[0], (1.0 - bandwidth_part) * x[1], bandwidth_part * x[1]};
  return TimeModel{x[0], x[1], x[2], exponent, points};
}

}  // namespace septet::plan
