#include "plan/pods/packing_price.h"

#include <algorithm>
#include <limits>

namespace septet::plan::pods {

namespace {

constexpr double kNothing = 1e-9;
constexpr int kMostPivots = 2000;  // some 30 are usual

// The simplex method's state: the inverse of the basis, by rows, and how much of each pattern.
struct Basis {
  std::vector<std::vector<double>> inverse;
  std::vector<double> amount;
};

// At first each size has GPUs of its own.
Basis first_basis(std::span<const ShareSize> sizes) {
  Basis basis{std::vector(sizes.size(), std::vector<double>(sizes.size(), 0.0)), {}};
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const int each = kWholeGpu / sizes[i].gpu_milli;
    basis.inverse[i][i] = 1.0 / each;
    basis.amount.push_back(sizes[i].need / each);
  }
  return basis;
}

// How many of each size stand in the dearest fill of one GPU.
std::vector<double> dearest_pattern(std::span<const ShareSize> sizes,
                                    std::span<const double> prices, std::span<const double> gaps) {
  std::vector<double> pattern(sizes.size(), 0);
  for (std::size_t left = kWholeGpu; left > 0;) {
    std::size_t chosen = sizes.size();
    for (std::size_t i = 0; i < sizes.size() && chosen == sizes.size(); ++i) {
      const auto size = static_cast<std::size_t>(sizes[i].gpu_milli);
      if (prices[i] > 0 && size <= left && gaps[left - size] + prices[i] >= gaps[left] - 1e-12)
        chosen = i;
    }
    if (chosen == sizes.size()) {
      --left;
      continue;
    }
    pattern[chosen] += 1;
    left -= static_cast<std::size_t>(sizes[chosen].gpu_milli);
  }
  return pattern;
}

// False when nothing can leave the basis, which rounding alone could bring about.
bool pivot(Basis& basis, std::span<const double> pattern) {
  const std::size_t count = pattern.size();
  std::vector<double> used(count, 0);
  std::size_t leaves = count;
  double ratio = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t j = 0; j < count; ++j) used[i] += basis.inverse[i][j] * pattern[j];
    if (used[i] <= kNothing || basis.amount[i] / used[i] >= ratio) continue;
    ratio = basis.amount[i] / used[i];
    leaves = i;
  }
  if (leaves == count) return false;
  for (std::size_t i = 0; i < count; ++i) {
    if (i == leaves) continue;
    basis.amount[i] -= ratio * used[i];
    for (std::size_t j = 0; j < count; ++j)
      basis.inverse[i][j] -= used[i] / used[leaves] * basis.inverse[leaves][j];
  }
  basis.amount[leaves] = ratio;
  for (double& value : basis.inverse[leaves]) value /= used[leaves];
  return true;
}

}  // namespace

std::vector<ShareSize> share_sizes(std::span<const Typical> typical) {
  std::vector<ShareSize> sizes;
  for (const Typical& pod : typical) {
    if (!pod.shape.shares()) continue;
    const auto same = std::ranges::find(sizes, pod.shape.gpu_milli, &ShareSize::gpu_milli);
    if (same == sizes.end()) {
      sizes.push_back({pod.shape.gpu_milli, pod.share});
    } else {
      same->need += pod.share;
    }
  }
  std::ranges::sort(sizes, {}, &ShareSize::gpu_milli);
  return sizes;
}

std::vector<double> packing_prices(std::span<const ShareSize> sizes) {
  Basis basis = first_basis(sizes);
  std::vector<double> prices(sizes.size(), 0);
  for (int step = 0; step < kMostPivots; ++step) {
    std::ranges::fill(prices, 0);
    for (const std::vector<double>& row : basis.inverse)
      for (std::size_t j = 0; j < row.size(); ++j) prices[j] += row[j];
    // A size nobody needs more of in the best packing costs nothing, never less than that.
    for (double& price : prices) price = std::max(price, 0.0);
    const std::vector<double> gaps = gap_prices(sizes, prices);
    if (gaps[kWholeGpu] <= 1 + kNothing) break;
    if (!pivot(basis, dearest_pattern(sizes, prices, gaps))) break;
  }
  return prices;
}

std::vector<double> gap_prices(std::span<const ShareSize> sizes, std::span<const double> prices) {
  std::vector<double> gaps(kWholeGpu + 1, 0);
  for (std::size_t gap = 1; gap < gaps.size(); ++gap) {
    gaps[gap] = gaps[gap - 1];
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      const auto size = static_cast<std::size_t>(sizes[i].gpu_milli);
      if (size <= gap) gaps[gap] = std::max(gaps[gap], gaps[gap - size] + prices[i]);
    }
  }
  return gaps;
}

}  // namespace septet::plan::pods
