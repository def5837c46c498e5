#include "lab/evidence/calibrate.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cmath>

#include "lab/model/sharing_rules.h"

namespace septet::lab::evidence {
namespace {

const GpuModel& a100() {
  static const GpuModel gpu = gpu_model(*mig::find_product("a100-80gb")).value();
  return gpu;
}

plan::Share share_of(std::string_view profile) {
  return share_on(a100(), *a100().product->geometry.find_name(profile)).value();
}

plan::Measurement measurement(const Work& work, std::string_view profile, unsigned batch,
                              unsigned processes) {
  const double seconds = seconds_in(work, share_of(profile), processes);
  return {std::string(profile),        batch,         processes,
          batch * processes / seconds, seconds * 1e3, "f:1:1"};
}

plan::Measured measured(const Work& work, std::initializer_list<std::string_view> profiles,
                        unsigned batch = 8) {
  plan::Measured all;
  all.product = "a100-80gb";
  all.where = "f.csv:1:1";
  for (const auto profile : profiles) all.rows.push_back(measurement(work, profile, batch, 1));
  return all;
}

Work work_of(double host, double compute, double bandwidth, double p) {
  Work work;
  work.host = host;
  work.compute = compute;
  work.bandwidth = bandwidth;
  work.overlap = p;
  return work;
}

const Prediction& prediction(const Calibration& fitted, std::string_view profile) {
  const auto found = std::ranges::find_if(
      fitted.predictions, [&](const Prediction& one) { return one.profile->name == profile; });
  EXPECT_NE(found, fitted.predictions.end()) << profile;
  return *found;
}

bool warns(const Calibration& fitted, std::string_view words) {
  return std::ranges::any_of(fitted.warnings, [&](const std::string& warning) {
    return warning.find(words) != std::string::npos;
  });
}

// Every exponent, from all five sizes: what went in comes out.
RC_GTEST_PROP(Calibrate, RecoversWhatMadeTheTimes, ()) {
  const auto milli = [](int low, int high) { return 1e-3 * *rc::gen::inRange(low, high); };
  const double p = *rc::gen::elementOf(std::vector<double>{1.0, 1.5, 2.0, 3.0});
  const Work work = work_of(milli(1, 30), milli(1, 30), milli(1, 30), p);
  const auto fitted =
      calibrate(measured(work, {"1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"}), a100());
  RC_ASSERT(fitted.has_value());
  const Calibration& one = fitted->by_batch.front();
  RC_ASSERT(one.exponent_by_leave_one_out);
  RC_ASSERT(one.work.overlap == p);
  RC_ASSERT(std::abs(one.work.host - work.host) < 0.02 * work.host);
  RC_ASSERT(std::abs(one.work.compute - work.compute) < 0.02 * work.compute);
  RC_ASSERT(std::abs(one.work.bandwidth - work.bandwidth) < 0.02 * work.bandwidth);
  RC_ASSERT(errors_of(one.own).worst < 1e-3);
}

TEST(Calibrate, TwoPointsAreMetAndTheOthersComeWithABar) {
  const Work work = work_of(4e-3, 3e-3, 0.0, 2.0);
  const auto fitted = calibrate(measured(work, {"1g.10gb", "7g.80gb"}), a100());
  ASSERT_TRUE(fitted) << fitted.error().describe();
  const Calibration& one = fitted->by_batch.front();
  EXPECT_FALSE(one.exponent_by_leave_one_out);
  EXPECT_EQ(one.work.overlap, 2.0);
  EXPECT_LT(errors_of(one.own).worst, 1e-6);
  EXPECT_TRUE(one.left_out.empty());
  EXPECT_TRUE(warns(one, "two points do not tell SMs from bandwidth"));
  const Prediction& middle = prediction(one, "3g.40gb");
  EXPECT_EQ(middle.within, kWithinOfTwo);
  EXPECT_FALSE(middle.outside);
  EXPECT_NEAR(middle.seconds / seconds_on(work, share_of("3g.40gb")), 1.0, kWithinOfTwo);
}

TEST(Calibrate, SmallerThanAllMeasuredHasAWiderBar) {
  const auto fitted =
      calibrate(measured(work_of(4e-3, 3e-3, 1e-3, 2.0), {"3g.40gb", "7g.80gb"}), a100());
  ASSERT_TRUE(fitted);
  const Prediction& small = prediction(fitted->by_batch.front(), "1g.10gb");
  EXPECT_TRUE(small.outside);
  EXPECT_EQ(small.within, kWithinOutside);
}

TEST(Calibrate, TrainingAndLargeBatchesOverlapLess) {
  plan::Measured rows = measured(work_of(4e-3, 3e-3, 0.0, 1.5), {"1g.10gb", "7g.80gb"});
  rows.training = true;
  EXPECT_EQ(calibrate(rows, a100())->by_batch.front().work.overlap, 1.5);
  rows = measured(work_of(4e-3, 3e-3, 0.0, 1.5), {"1g.10gb", "7g.80gb"}, 32);
  EXPECT_EQ(calibrate(rows, a100())->by_batch.front().work.overlap, 1.5);
}

// Host-bound: alone it says nothing of its kernels, with two processes it does.
TEST(Calibrate, ProcessesSideBySideTellWhatTheHostHides) {
  const Work work = work_of(20e-3, 0.4e-3, 0.0, 3.0);
  plan::Measured rows = measured(work, {"1g.10gb", "7g.80gb"}, 1);
  EXPECT_TRUE(warns(calibrate(rows, a100())->by_batch.front(), "host-bound even on 1g.10gb"));
  rows.rows.push_back(measurement(work, "1g.10gb", 1, 12));
  const auto fitted = calibrate(rows, a100());
  EXPECT_FALSE(warns(fitted->by_batch.front(), "host-bound"));
  const double asked = seconds_in(fitted->by_batch.front().work, share_of("1g.10gb"), 12);
  EXPECT_NEAR(asked / seconds_in(work, share_of("1g.10gb"), 12), 1.0, 0.05);
}

TEST(Calibrate, FitsThePriceOfEachFurtherProcess) {
  Work work = work_of(3e-3, 2e-3, 1e-3, 2.0);
  work.mps_overhead = 0.06;
  plan::Measured rows = measured(work, {"1g.10gb", "2g.20gb", "3g.40gb", "7g.80gb"});
  for (const unsigned n : {2u, 3u, 4u}) rows.rows.push_back(measurement(work, "7g.80gb", 8, n));
  const auto fitted = calibrate(rows, a100());
  const Calibration& one = fitted->by_batch.front();
  EXPECT_TRUE(one.side_by_side_fitted);
  EXPECT_NEAR(one.work.mps_overhead, 0.06, 1e-9);
  EXPECT_LT(errors_of(one.own).worst, 0.01);
}

TEST(Calibrate, KeepsThePublishedPriceWithoutTwoProcessCounts) {
  const Work work = work_of(3e-3, 2e-3, 1e-3, 2.0);
  plan::Measured rows = measured(work, {"1g.10gb", "7g.80gb"});
  rows.rows.push_back(measurement(work, "7g.80gb", 8, 2));
  EXPECT_FALSE(calibrate(rows, a100())->by_batch.front().side_by_side_fitted);
}

TEST(Calibrate, WhatDidNotRunIsNotPredictedOnLess) {
  plan::Measured rows = measured(work_of(4e-3, 3e-3, 1e-3, 2.0), {"3g.40gb", "7g.80gb"});
  rows.rows.push_back({"2g.20gb", 8, 1, 0.0, 0.0, "f:4:1"});
  const auto fitted = calibrate(rows, a100());
  EXPECT_NE(prediction(fitted->by_batch.front(), "1g.10gb").why_not, "");
  EXPECT_NE(prediction(fitted->by_batch.front(), "2g.20gb").why_not, "");
  EXPECT_EQ(prediction(fitted->by_batch.front(), "4g.40gb").why_not, "");
}

TEST(Calibrate, SaysThatALargerInstanceWasSlower) {
  plan::Measured rows =
      measured(work_of(4e-3, 3e-3, 1e-3, 2.0), {"1g.10gb", "3g.40gb", "4g.40gb", "7g.80gb"});
  rows.rows[2].per_second *= 0.7;
  EXPECT_TRUE(warns(calibrate(rows, a100())->by_batch.front(), "4g.40gb is slower than 3g.40gb"));
}

TEST(Calibrate, SaysThatAGpuWasNeverMeasured) {
  const GpuModel h100 = gpu_model(*mig::find_product("h100-sxm5-80gb")).value();
  const auto fitted =
      calibrate(measured(work_of(4e-3, 3e-3, 1e-3, 2.0), {"1g.10gb", "7g.80gb"}), h100);
  ASSERT_TRUE(fitted) << fitted.error().describe();
  EXPECT_TRUE(warns(fitted->by_batch.front(), "not validated on this GPU"));
}

TEST(Calibrate, OneProfileIsRefusedWithItsPlace) {
  const auto one = calibrate(measured(work_of(4e-3, 3e-3, 1e-3, 2.0), {"1g.10gb"}), a100());
  ASSERT_FALSE(one);
  EXPECT_EQ(one.error().code, Code::kInvalidArgument);
  EXPECT_NE(one.error().what.find("f.csv:1:1"), std::string::npos);
  EXPECT_NE(one.error().remedy.find("second profile"), std::string::npos);
}

TEST(Calibrate, BatchesAreFittedApartAndLoneOnesNamed) {
  plan::Measured rows = measured(work_of(4e-3, 3e-3, 1e-3, 2.0), {"1g.10gb", "7g.80gb"});
  rows.rows.push_back(measurement(work_of(9e-3, 3e-3, 1e-3, 2.0), "7g.80gb", 64, 1));
  const auto fitted = calibrate(rows, a100());
  ASSERT_EQ(fitted->by_batch.size(), 1u);
  ASSERT_EQ(fitted->skipped.size(), 1u);
  EXPECT_NE(fitted->skipped.front().find("batch 64"), std::string::npos);
}

}  // namespace
}  // namespace septet::lab::evidence
