#include "http/rate_limit.h"

#include <gtest/gtest.h>

namespace septet::http {
namespace {

using namespace std::chrono_literals;
constexpr RateLimit::Time kStart{1000s};

unsigned taken(RateLimit& limit, const std::string& peer, RateLimit::Time now, unsigned asked) {
  unsigned count = 0;
  for (unsigned i = 0; i < asked; ++i) count += limit.take(peer, now) ? 1 : 0;
  return count;
}

TEST(RateLimit, ABurstOfTwoSecondsAndThenTheRate) {
  RateLimit limit(10);
  EXPECT_EQ(taken(limit, "a", kStart, 100), 20u);
  EXPECT_EQ(taken(limit, "a", kStart + 50ms, 100), 0u);
  EXPECT_EQ(taken(limit, "a", kStart + 100ms, 100), 1u);
  EXPECT_EQ(taken(limit, "a", kStart + 1100ms, 100), 10u);
  EXPECT_EQ(taken(limit, "a", kStart + 1h, 100), 20u) << "no more is saved up than the burst";
}

TEST(RateLimit, PeersDoNotShare) {
  RateLimit limit(1);
  EXPECT_EQ(taken(limit, "a", kStart, 9), 2u);
  EXPECT_EQ(taken(limit, "b", kStart, 9), 2u);
  EXPECT_EQ(taken(limit, "", kStart, 9), 2u);
}

TEST(RateLimit, AClockThatStandsOrGoesBackGivesNothing) {
  RateLimit limit(1);
  EXPECT_EQ(taken(limit, "a", kStart, 9), 2u);
  EXPECT_EQ(taken(limit, "a", kStart - 10s, 9), 0u);
}

TEST(RateLimit, TheTableIsBoundedAndForgetsWhoAskedLongestAgo) {
  RateLimit limit(1, 3);
  for (const char* peer : {"a", "b", "c"}) EXPECT_EQ(taken(limit, peer, kStart, 9), 2u);
  EXPECT_FALSE(limit.take("a", kStart));  // the newest again
  EXPECT_TRUE(limit.take("d", kStart));   // in b's place
  EXPECT_EQ(limit.peers(), 3u);
  EXPECT_FALSE(limit.take("a", kStart));
  EXPECT_TRUE(limit.take("b", kStart)) << "forgotten, in its favour";
  for (int i = 0; i < 10'000; ++i) limit.take(std::to_string(i), kStart);
  EXPECT_EQ(limit.peers(), 3u);
}

TEST(RateLimit, AnIpv6HostIsItsSlashSixtyFour) {
  EXPECT_EQ(rate_limited_peer("10.1.2.3"), "10.1.2.3");
  EXPECT_EQ(rate_limited_peer(""), "");
  EXPECT_EQ(rate_limited_peer("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(rate_limited_peer("2001:db8:1:2::9"), rate_limited_peer("2001:db8:1:2:ffff::1"));
}

}  // namespace
}  // namespace septet::http
