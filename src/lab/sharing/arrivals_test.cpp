#include "lab/sharing/arrivals.h"

#include <gtest/gtest.h>

#include <cmath>

namespace septet::lab::sharing {
namespace {

struct Counts {
  double mean = 0, variance = 0;  // per window
};
Counts counted(const std::vector<TracedArrival>& list, double seconds, double window) {
  std::vector<double> counts(static_cast<std::size_t>(seconds / window));
  for (const TracedArrival& one : list) {
    const auto at = static_cast<std::size_t>(one.at / window);
    if (at < counts.size()) counts[at] += 1.0;
  }
  Counts result;
  for (const double count : counts) result.mean += count / static_cast<double>(counts.size());
  for (const double count : counts)
    result.variance +=
        (count - result.mean) * (count - result.mean) / static_cast<double>(counts.size());
  return result;
}

TEST(Arrivals, PoissonCountsHaveTheVarianceOfTheirMean) {
  Arrivals arrivals;
  arrivals.per_second = 5.0;
  const auto list = open_arrivals(arrivals, 20'000.0, Random(3));
  const Counts counts = counted(list, 20'000.0, 2.0);
  EXPECT_NEAR(counts.mean, 10.0, 0.15);
  EXPECT_NEAR(counts.variance / counts.mean, 1.0, 0.05);
}

TEST(Arrivals, BurstsKeepTheMeanAndAreFarFromPoisson) {
  Arrivals arrivals;
  arrivals.kind = Arrivals::Kind::kBursts;
  arrivals.per_second = 5.0;
  arrivals.burst_factor = 4.0;
  arrivals.burst_seconds = 10.0;
  const auto list = open_arrivals(arrivals, 400'000.0, Random(3));
  const Counts counts = counted(list, 400'000.0, 2.0);
  EXPECT_NEAR(counts.mean, 10.0, 0.4);
  EXPECT_GT(counts.variance / counts.mean, 10.0);
}

TEST(Arrivals, DiurnalPeaksWhenItShould) {
  Arrivals arrivals;
  arrivals.kind = Arrivals::Kind::kDiurnal;
  arrivals.per_second = 2.0;
  arrivals.swing = 0.8;
  arrivals.period = 1000.0;
  arrivals.peak_at = 250.0;
  const auto list = open_arrivals(arrivals, 100'000.0, Random(5));
  double day = 0.0, night = 0.0;
  for (const TracedArrival& one : list) (std::fmod(one.at, 1000.0) < 500.0 ? day : night) += 1.0;
  EXPECT_NEAR((day + night) / 100'000.0, 2.0, 0.05);
  // Integral of 1 + 0.8 sin over the better half against the worse: (1 + 1.6/pi) / (1 - 1.6/pi).
  EXPECT_NEAR(day / night, (1 + 1.6 / 3.14159265) / (1 - 1.6 / 3.14159265), 0.15);
}

TEST(Arrivals, OnlyInActiveParts) {
  Arrivals arrivals;
  arrivals.per_second = 10.0;
  arrivals.active = {{100.0, 200.0}, {400.0, 450.0}};
  const auto list = open_arrivals(arrivals, 1000.0, Random(5));
  EXPECT_NEAR(static_cast<double>(list.size()), 1500.0, 150.0);
  for (const TracedArrival& one : list)
    EXPECT_TRUE((one.at >= 100 && one.at < 200) || (one.at >= 400 && one.at < 450));
  EXPECT_EQ(next_active(arrivals, 50.0), 100.0);
  EXPECT_EQ(next_active(arrivals, 150.0), 150.0);
  EXPECT_EQ(next_active(arrivals, 200.0), 400.0);
  EXPECT_EQ(next_active(arrivals, 450.0), std::nullopt);
}

TEST(Arrivals, SameStreamSameTimes) {
  Arrivals arrivals;
  arrivals.per_second = 10.0;
  const auto one = open_arrivals(arrivals, 100.0, Random(5).split(2));
  const auto two = open_arrivals(arrivals, 100.0, Random(5).split(2));
  const auto other = open_arrivals(arrivals, 100.0, Random(5).split(3));
  ASSERT_EQ(one.size(), two.size());
  for (std::size_t i = 0; i < one.size(); ++i) EXPECT_EQ(one[i].at, two[i].at);
  EXPECT_NE(one.front().at, other.front().at);
}

}  // namespace
}  // namespace septet::lab::sharing
