// plan/pods/packing_price.h — what each size of share costs when shares are packed the best way.
//
// The cutting-stock linear program: fewest GPUs (fractions allowed) that hold `need[i]` shares of
// `size[i]`, over all ways to fill one GPU; its dual prices say what part of a GPU one more share
// of a size costs. Shares that fit into what others leave over cost nothing. Solved by column
// generation (Gilmore and Gomory, 1961); as small as it is (some 20 sizes), it takes about 1 ms.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "plan/pods/typical.h"

namespace septet::plan::pods {

struct ShareSize {
  std::int32_t gpu_milli = 0;  // 1..999
  double need = 0;             // > 0, in any unit
};
// The different sizes among typical pods, ascending.
std::vector<ShareSize> share_sizes(std::span<const Typical> typical);

// By size, in GPUs: at most 1 for any set of shares that fits one GPU.
std::vector<double> packing_prices(std::span<const ShareSize> sizes);

// By gpu_milli 0..1000: the most that `prices` add up to in such a gap.
std::vector<double> gap_prices(std::span<const ShareSize> sizes, std::span<const double> prices);

}  // namespace septet::plan::pods
