#include "verify/cheaper_cover.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace septet::verify {
namespace {

constexpr std::size_t kEnough = 10'000'000;

// By a table over what is still needed.
Whole cheapest(int need, const std::vector<PricedOption>& options) {
  std::vector<Whole> cost(static_cast<std::size_t>(need) + 1, 0);
  for (int left = 1; left <= need; ++left) {
    Whole best = Whole{1} << 90;
    for (const PricedOption& option : options) {
      const auto rest = std::max<Whole>(0, left - option.gives);
      best = std::min(best, cost[static_cast<std::size_t>(rest)] + option.price);
    }
    cost[static_cast<std::size_t>(left)] = best;
  }
  return cost.back();
}

TEST(CheaperCover, IsFoundWhereThereIsOneAndNotWhereThereIsNone) {
  std::mt19937 random(5);
  for (int round = 0; round < 3000; ++round) {
    std::vector<PricedOption> options;
    const auto count = 1 + random() % 5;
    const bool alike = random() % 3 == 0;  // all about as cheap per item: most is left to choose
    for (std::size_t i = 0; i < count; ++i) {
      const Whole gives = 1 + random() % 40;
      options.push_back({gives, alike ? gives * 10 + random() % 3 : Whole{random() % 300}});
    }
    const int need = static_cast<int>(1 + random() % 300);
    const Whole least = cheapest(need, options);
    std::size_t steps = kEnough;
    EXPECT_EQ(cheaper_cover(need, options, least, steps).answer, Cheaper::kNo);
    const CheaperCover found = cheaper_cover(need, options, least + 1, steps);
    ASSERT_EQ(found.answer, Cheaper::kYes);
    EXPECT_EQ(found.price, least);
    const CheaperCover any = cheaper_cover(need, options, least * 2 + 5, steps);
    ASSERT_EQ(any.answer, Cheaper::kYes);
    EXPECT_LT(any.price, least * 2 + 5);
    EXPECT_GE(any.price, least);
    EXPECT_GT(steps, 0u);
  }
}

TEST(CheaperCover, HasRoomForTheLargestNumbers) {
  constexpr Whole kMost = 1'000'000'000'000'000;
  std::size_t steps = kEnough;
  const Whole alone = kMost * kMost;
  EXPECT_EQ(cheaper_cover(kMost, {{1, kMost}}, alone, steps).answer, Cheaper::kNo);
  EXPECT_EQ(cheaper_cover(kMost, {{1, kMost}}, alone + 1, steps).price, alone);
  EXPECT_EQ(cheaper_cover(kMost, {{kMost, kMost}, {1, kMost}}, kMost, steps).answer, Cheaper::kNo);
  EXPECT_EQ(cheaper_cover(kMost, {{kMost, kMost}, {kMost - 1, 1}}, 3, steps).price, 2);
  EXPECT_EQ(cheaper_cover(1, {{kMost, 0}}, 0, steps).answer, Cheaper::kNo);
  EXPECT_EQ(cheaper_cover(1, {{kMost, 0}}, 1, steps).price, 0);
}

// Sizes that no number divides, all as cheap per item: nothing tells the choices apart, and there
// are more of them than steps.
TEST(CheaperCover, SaysWhenItCannotDecide) {
  std::vector<PricedOption> options;
  for (const int prime : {1'000'003, 1'000'033, 1'000'037, 1'000'039, 1'000'081})
    options.push_back({prime, prime});
  std::size_t steps = 100'000;
  const CheaperCover answer = cheaper_cover(1'000'000'000'000, options, 1'000'000'000'001, steps);
  EXPECT_EQ(answer.answer, Cheaper::kUndecided);
  EXPECT_EQ(steps, 0u);
}

TEST(Millionths, AreReadExactlyOrNotAtAll) {
  const std::pair<const char*, std::uint64_t> good[] = {{"0", 0},
                                                        {"412.097", 412'097'000},
                                                        {"0.000001", 1},
                                                        {"00.5", 500'000},
                                                        {"1000000000", 1'000'000'000'000'000}};
  for (const auto& [text, value] : good) EXPECT_EQ(parse_millionths(text), value) << text;
  for (const char* const text :
       {"", ".", "1.", ".5", "-1", "+1", "1e3", "0.0000001", "1000000000.1", "1,5", "1 ",
        "99999999999999999999999999999999", "1.2.3"})
    EXPECT_EQ(parse_millionths(text), std::nullopt) << text;
}

}  // namespace
}  // namespace septet::verify
