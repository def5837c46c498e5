#include "plan/pods/packing_price.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <numeric>

namespace septet::plan::pods {
namespace {

double gpus_needed(const std::vector<ShareSize>& sizes) {
  const auto prices = packing_prices(sizes);
  double sum = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) sum += prices[i] * sizes[i].need;
  return sum;
}

TEST(PackingPriceTest, ByHand) {
  EXPECT_NEAR(gpus_needed({{470, 10}}), 5, 1e-9);
  EXPECT_NEAR(gpus_needed({{320, 12}}), 4, 1e-9);
  EXPECT_NEAR(gpus_needed({{320, 5}, {650, 5}}), 5, 1e-9);  // side by side
  // What fits beside an 810 costs nothing while there are more of those than of it.
  const auto prices = packing_prices(std::vector<ShareSize>{{160, 3}, {810, 10}});
  EXPECT_NEAR(prices[0], 0, 1e-9);
  EXPECT_NEAR(prices[1], 1, 1e-9);
  EXPECT_NEAR(gpus_needed({{160, 16}, {810, 10}}), 11, 1e-9);  // six are left over, one GPU
  EXPECT_TRUE(packing_prices({}).empty());
}

TEST(PackingPriceTest, GapsAreWorthTheDearestFill) {
  const std::vector<ShareSize> sizes = {{320, 1}, {650, 1}};
  const auto gaps = gap_prices(sizes, std::vector<double>{0.3, 0.7});
  EXPECT_EQ(gaps[319], 0);
  EXPECT_DOUBLE_EQ(gaps[640], 0.6);
  EXPECT_DOUBLE_EQ(gaps[650], 0.7);
  EXPECT_DOUBLE_EQ(gaps[1000], 1.0);
}

// Prices are a certificate: no GPU holds shares of more than 1 together, so the needs cost at least
// their sum; and first-fit decreasing shows a packing not far above it.
RC_GTEST_PROP(PackingPriceTest, NoFillCostsMoreThanAGpu, ()) {
  std::vector<ShareSize> sizes;
  const auto count = *rc::gen::inRange<std::size_t>(1, 12);
  for (std::size_t i = 0; i < count; ++i)
    sizes.push_back({static_cast<std::int32_t>(*rc::gen::inRange(5, 100)) * 10,
                     static_cast<double>(*rc::gen::inRange(1, 60))});
  const auto prices = packing_prices(sizes);
  for (const double price : prices) RC_ASSERT(price >= 0);
  RC_ASSERT(gap_prices(sizes, prices)[kWholeGpu] <= 1 + 1e-7);
  double volume = 0, priced = 0, alone = 0;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    volume += sizes[i].need * sizes[i].gpu_milli / 1000.0;
    priced += sizes[i].need * prices[i];
    alone += sizes[i].need / (kWholeGpu / sizes[i].gpu_milli);
  }
  RC_ASSERT(priced >= volume - 1e-6);  // optimal prices cannot be below what the shares weigh
  RC_ASSERT(priced <= alone + 1e-6);
}

}  // namespace
}  // namespace septet::plan::pods
