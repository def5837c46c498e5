#include "base/random.h"

#include <gtest/gtest.h>

#include <vector>

namespace septet {
namespace {

TEST(Random, TheSameSeedGivesTheSameNumbersOnEveryMachine) {
  Random random(42);
  EXPECT_EQ(random.next(), 1546998764402558742u);
  EXPECT_EQ(random.next(), 6990951692964543102u);
  EXPECT_NE(Random(43).next(), Random(42).next());
}

TEST(Random, MeansAreAsAsked) {
  Random random(7);
  constexpr int kDraws = 200'000;
  double uniform = 0.0, exponential = 0.0, normal = 0.0, square = 0.0;
  std::vector<int> counts(10);
  for (int i = 0; i < kDraws; ++i) {
    uniform += random.uniform();
    exponential += random.exponential(3.0);
    const double one = random.normal();
    normal += one;
    square += one * one;
    ++counts[random.below(counts.size())];
  }
  EXPECT_NEAR(uniform / kDraws, 0.5, 0.005);
  EXPECT_NEAR(exponential / kDraws, 3.0, 0.03);
  EXPECT_NEAR(normal / kDraws, 0.0, 0.01);
  EXPECT_NEAR(square / kDraws, 1.0, 0.02);
  for (const int count : counts) EXPECT_NEAR(count, kDraws / 10, 700);
}

TEST(Random, StreamsDiffer) {
  const Random random(1);
  EXPECT_NE(random.split(0).next(), random.split(1).next());
  EXPECT_EQ(random.split(3).next(), random.split(3).next());
}

}  // namespace
}  // namespace septet
