#include "cli/sim/vary.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <set>

namespace septet::cli::sim {
namespace {

TEST(VaryTest, StaysNearHomeAndMoves) {
  for (const std::uint32_t home : {1u, 5u, 50u, 97u, 100u}) {
    Random random(home);
    std::uint32_t now = home;
    std::set<std::uint32_t> seen;
    double sum = 0;
    for (int step = 0; step < 5000; ++step) {
      now = wander(now, home, 25, random);
      ASSERT_LE(now, 100u);
      ASSERT_LE(std::abs(static_cast<int>(now) - static_cast<int>(home)), 25);
      seen.insert(now);
      sum += now;
    }
    EXPECT_GT(seen.size(), 10u) << home;
    EXPECT_NEAR(sum / 5000, home, 13) << "it is drawn back";
  }
}

TEST(VaryTest, WhatIsIdleStaysIdleAndNoSpreadIsNoMove) {
  Random random(1);
  EXPECT_EQ(wander(0, 0, 25, random), 0u);
  EXPECT_EQ(wander(40, 40, 0, random), 40u);
}

}  // namespace
}  // namespace septet::cli::sim
