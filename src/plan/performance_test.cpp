#include "plan/performance.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace septet::plan {
namespace {

double truth(double launch, double compute, double memory, double p, Share share) {
  return std::pow(
      std::pow(launch, p) + std::pow(compute / share.sm, p) + std::pow(memory / share.memory, p),
      1.0 / p);
}

std::vector<Share> shares() {
  const mig::Product& product = *mig::find_product("a100-80gb");
  std::vector<Share> all;
  for (const char* name : {"1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"})
    all.push_back(*share_of(product, *product.geometry.find_name(name)));
  return all;
}

TEST(Performance, SharesAreOfTheWholeGpuNotOfItsSlices) {
  const auto all = shares();
  EXPECT_NEAR(all[0].sm, 14.0 / 108.0, 1e-12);
  EXPECT_NEAR(all[4].sm, 98.0 / 108.0, 1e-12);  // MIG leaves ten SMs out
  EXPECT_NEAR(all[2].memory, 4.0 / 8.0, 1e-12);
  EXPECT_EQ(all[2].memory, all[3].memory);  // 3g and 4g have the same bandwidth
}

TEST(Performance, FindsTheTermsAgain) {
  for (const double p : {1.5, 2.0}) {
    for (const auto& [launch, compute, memory] :
         {std::tuple(0.004, 0.002, 0.0015), std::tuple(0.0, 0.01, 0.0),
          std::tuple(0.02, 0.0, 0.001), std::tuple(0.01, 0.0, 0.0)}) {
      std::vector<TimedShare> timed;
      for (const Share share : shares())
        timed.push_back({share, truth(launch, compute, memory, p, share)});
      const auto model = fit_time(timed, p);
      ASSERT_TRUE(model);
      for (const TimedShare& one : timed)
        EXPECT_NEAR(model->seconds(one.share) / one.seconds, 1.0, 1e-6);
    }
  }
}

TEST(Performance, TwoProfilesAreMetAndOthersLieBetween) {
  const auto all = shares();
  const TimedShare two[] = {{all[0], 0.050}, {all[4], 0.012}};
  const auto model = fit_time(two, 2.0);
  ASSERT_TRUE(model);
  EXPECT_NEAR(model->seconds(all[0]), 0.050, 1e-9);
  EXPECT_NEAR(model->seconds(all[4]), 0.012, 1e-9);
  double before = model->seconds(all[0]);
  for (std::size_t i = 1; i < all.size(); ++i) {
    EXPECT_LE(model->seconds(all[i]), before);
    before = model->seconds(all[i]);
  }
  // Time by slices would be 7/2 of the whole GPU's: far off for work that is bound by the host.
  const TimedShare flat[] = {{all[0], 0.0131}, {all[4], 0.0130}};
  EXPECT_LT(fit_time(flat, 2.0)->seconds(all[1]), 0.0132);
}

TEST(Performance, ALargerProfileThatIsSlowerIsNoSlicedTime) {
  const auto all = shares();
  const TimedShare two[] = {{all[2], 0.0089}, {all[3], 0.0102}};  // measured: inceptionv3, batch 8
  const auto model = fit_time(two, 2.0);
  ASSERT_TRUE(model);
  EXPECT_GE(model->compute, 0.0);
  EXPECT_GT(model->seconds(all[4]), 0.008);
  EXPECT_LT(model->seconds(all[4]), 0.011);
}

TEST(Performance, OneProfileIsNotEnough) {
  const auto all = shares();
  const TimedShare same[] = {{all[0], 0.050}, {all[0], 0.051}};
  EXPECT_FALSE(fit_time(same, 2.0));
  EXPECT_FALSE(fit_time({same, 1}, 2.0));
}

TEST(Performance, ExponentsByKindOfWork) {
  EXPECT_EQ(overlap_exponent(8, false), 2.0);
  EXPECT_EQ(overlap_exponent(32, false), 1.5);
  EXPECT_EQ(overlap_exponent(8, true), 1.5);
}

}  // namespace
}  // namespace septet::plan
