#include "lab/openb/go_random.h"

#include <gtest/gtest.h>

namespace septet::lab::openb {
namespace {

// Printed by Go 1.26's math/rand, rand.New(rand.NewSource(seed)).
TEST(GoRandomTest, DrawsWhatGoDraws) {
  GoRandom one(1);
  EXPECT_EQ(one.int63(), 5577006791947779410);
  EXPECT_EQ(one.int63(), 8674665223082153551);
  GoRandom bounded(1);
  for (const int expected : {81, 87, 47, 59, 81, 18, 25, 40})
    EXPECT_EQ(bounded.below(100), expected);
  GoRandom late(7);
  std::int64_t last = 0;
  for (int i = 0; i < 100'000; ++i) last = late.int63();
  EXPECT_EQ(last, 7218731097698017584);
}

TEST(GoRandomTest, PermutesAndShufflesAsGo) {
  EXPECT_EQ(GoRandom(42).permutation(10),
            (std::vector<std::int32_t>{7, 5, 8, 9, 2, 1, 6, 0, 3, 4}));
  std::vector<int> cards = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  GoRandom(42).shuffle(std::span(cards));
  EXPECT_EQ(cards, (std::vector<int>{2, 5, 7, 9, 6, 8, 1, 4, 0, 3}));
}

TEST(GoRandomTest, PowersOfTwoAndOneAreBounded) {
  GoRandom random(3);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LT(random.below(64), 64);
    EXPECT_EQ(random.below(1), 0);
  }
}

}  // namespace
}  // namespace septet::lab::openb
