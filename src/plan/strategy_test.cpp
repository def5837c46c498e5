#include "plan/strategy.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "plan/explain.h"

namespace septet::plan {
namespace {

std::string names(const char* product, Strategy strategy) {
  const auto layout = strategy_layout(mig::find_product(product)->geometry, strategy);
  return layout ? count_text(layout->profiles) : layout.error().what;
}

TEST(Strategy, OnASevenSliceBoard) {
  EXPECT_EQ(names("a100-80gb", Strategy::kMixed), "4g.40gb + 2g.20gb + 1g.10gb");
  EXPECT_EQ(names("a100-80gb", Strategy::kHighPerformance), "7g.80gb");
  EXPECT_EQ(names("a100-80gb", Strategy::kMemoryBalanced), "4g.40gb + 3g.40gb");
  EXPECT_EQ(names("a100-80gb", Strategy::kComputeBalanced), "7x 1g.10gb");
}

// mig-parted's own all-balanced: 2x 1g, 1x 2g, 1x 3g; on A30 2x 1g, 1x 2g.
TEST(Strategy, AllBalancedIsWhatMigPartedHas) {
  EXPECT_EQ(names("a100-40gb", Strategy::kAllBalanced), "3g.20gb + 2g.10gb + 2x 1g.5gb");
  EXPECT_EQ(names("h100-sxm5-80gb", Strategy::kAllBalanced), "3g.40gb + 2g.20gb + 2x 1g.10gb");
  EXPECT_EQ(names("a30-24gb", Strategy::kAllBalanced), "2g.12gb + 2x 1g.6gb");
}

TEST(Strategy, TheTextbookMemoryBalanceIsAnsweredWithItsReason) {
  const auto layout =
      strategy_layout(mig::find_product("a100-80gb")->geometry, Strategy::kMemoryBalanced);
  ASSERT_TRUE(layout);
  EXPECT_NE(layout->impossible.find("2x 3g.40gb + 1g.10gb is impossible"), std::string::npos);
  EXPECT_NE(layout->impossible.find("9 memory units of 8"), std::string::npos);
}

TEST(Strategy, CustomTakesTheWishOrTheNearest) {
  const mig::Geometry& geometry = mig::find_product("a100-80gb")->geometry;
  const auto fits = custom_layout(geometry, {"1g.10gb", "4g.40gb", "2g.20gb"});
  ASSERT_TRUE(fits);
  EXPECT_EQ(count_text(fits->profiles), "4g.40gb + 2g.20gb + 1g.10gb");
  EXPECT_TRUE(fits->impossible.empty());
  const auto not_quite = custom_layout(geometry, {"3g.40gb", "3g.40gb", "1g.10gb"});
  ASSERT_TRUE(not_quite);
  EXPECT_FALSE(not_quite->impossible.empty());
  EXPECT_TRUE(mig::Layout::make(geometry, not_quite->layout.instances()));
  EXPECT_EQ(custom_layout(geometry, {"5g.50gb"}).error().code, Code::kInvalidArgument);
  EXPECT_FALSE(custom_layout(geometry, {}));
}

struct Numbers {
  int count = 0, slices = 0, units = 0, least = 99, most = 0, least_units = 99, most_units = 0;
};

Numbers numbers_of(const mig::Layout& layout) {
  Numbers numbers;
  for (const mig::Instance& one : layout.instances()) {
    const int slices = one.profile->slices, units = one.at.size;
    ++numbers.count;
    numbers.slices += slices;
    numbers.units += units;
    numbers.least = std::min(numbers.least, slices);
    numbers.most = std::max(numbers.most, slices);
    numbers.least_units = std::min(numbers.least_units, units);
    numbers.most_units = std::max(numbers.most_units, units);
  }
  return numbers;
}

// No legal layout of plain profiles is better at what the sentence promises.
TEST(Strategy, NoLayoutOfAnyProductIsBetter) {
  for (const mig::Product& product : mig::products()) {
    const mig::Geometry& geometry = product.geometry;
    for (const Strategy strategy : strategies()) {
      const auto answer = strategy_layout(geometry, strategy);
      if (!answer) {
        EXPECT_EQ(answer.error().code, Code::kNotSupported) << product.id;
        continue;
      }
      ASSERT_TRUE(mig::Layout::make(geometry, answer->layout.instances())) << product.id;
      const Numbers ours = numbers_of(answer->layout);
      EXPECT_EQ(answer->profiles.size(), static_cast<std::size_t>(ours.count));
      mig::visit_layouts(
          geometry,
          [&](const auto& profile) { return std::ranges::count(answer->profiles, &profile) > 0; },
          [&](const mig::Layout& layout) {
            const Numbers other = numbers_of(layout);
            if (other.count == 0) return;
            if (strategy == Strategy::kHighPerformance) {
              EXPECT_GE(ours.most, other.most);
            }
            if (other.count < 2) return;
            if (strategy == Strategy::kMemoryBalanced) {
              EXPECT_GE(ours.units, other.units);
              const bool better =
                  other.units == ours.units &&
                  other.most_units - other.least_units < ours.most_units - ours.least_units;
              EXPECT_FALSE(better) << mig::to_string(layout);
            }
            if (strategy == Strategy::kComputeBalanced) {
              EXPECT_GE(ours.slices, other.slices);
              const bool better =
                  other.slices == ours.slices && other.most - other.least < ours.most - ours.least;
              EXPECT_FALSE(better) << mig::to_string(layout);
            }
          });
    }
  }
}

TEST(Strategy, NamesAndSentences) {
  for (const Strategy strategy : strategies()) {
    EXPECT_EQ(strategy_named(to_string(strategy)), strategy);
    EXPECT_FALSE(one_sentence(strategy).empty());
  }
  EXPECT_FALSE(strategy_named("balanced"));
}

}  // namespace
}  // namespace septet::plan
