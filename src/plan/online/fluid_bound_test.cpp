// plan/online/fluid_bound_test.cpp — cases that can be worked by hand, and runs that must stay
// under.
#include "plan/online/fluid_bound.h"

#include <gtest/gtest.h>

#include "base/random.h"
#include "plan/linear_program.h"
#include "plan/online/repack.h"

namespace septet::plan::online {
namespace {

Pool fluid_pool(const char* product, std::uint32_t gpus) {
  const mig::Geometry& geometry = mig::find_product(product)->geometry;
  return {std::make_shared<Shape>(geometry, plain_profiles(geometry)), gpus, {}};
}

class FluidBoundTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!solver_ready()) GTEST_SKIP() << "the solver (Clp) is not installed";
  }
  const Pool h100_ = fluid_pool("h100-sxm5-80gb", 10);  // 1g 1g+ 2g 3g 4g 7g
  const std::vector<double> units_{1, 2, 2, 4, 4, 8};
};

TEST_F(FluidBoundTest, EverythingWhenLittleIsAsked) {
  const auto bound = fluid_bound({h100_}, {{3, 1, 1, 1, 1, 1}, units_});
  ASSERT_TRUE(bound.has_value());
  EXPECT_NEAR(bound->share, 1.0, 1e-7);
}

TEST_F(FluidBoundTest, SevenOfASmallOneFitOnAGpu) {
  const auto bound = fluid_bound({h100_}, {{100, 0, 0, 0, 0, 0}, units_});
  ASSERT_TRUE(bound.has_value());
  EXPECT_NEAR(bound->share, 0.7, 1e-7);
  EXPECT_NEAR(bound->accepted[0], 70, 1e-5);
}

// 20 of 4g: one a GPU. Beside each there is room for one 3g: 10 of 10.
TEST_F(FluidBoundTest, AFourNeedsTheLeftHalf) {
  const auto bound = fluid_bound({h100_}, {{0, 0, 0, 10, 20, 0}, units_});
  ASSERT_TRUE(bound.has_value());
  EXPECT_NEAR(bound->share, 80.0 / 120.0, 1e-7);
  EXPECT_NEAR(bound->accepted[3], 10, 1e-5);
  EXPECT_NEAR(bound->accepted[4], 10, 1e-5);
}

TEST_F(FluidBoundTest, TheValueDecidesWhoIsLetIn) {
  const Fluid wanted{{70, 0, 0, 0, 0, 10}, {1, 0, 0, 0, 0, 1}};
  const auto bound = fluid_bound({h100_}, wanted);
  ASSERT_TRUE(bound.has_value());
  EXPECT_NEAR(bound->share, 70.0 / 80.0, 1e-7);  // by count, seven small ones beat one large
}

TEST_F(FluidBoundTest, ASecondProductTakesWhatItCanServe) {
  Pool h100 = h100_, a30 = fluid_pool("a30-24gb", 5);
  ASSERT_EQ(a30.shape->profile(a30.shape->classes() - 1).size, 4);  // 4g: the whole A30
  h100.serves = {5, 0};
  a30.serves = {kNoClass, 0};
  // 8 whole GPUs leave 2 H100 for 14 small ones; 5 A30 take 20 more; 40 were asked for.
  const auto bound = fluid_bound({h100, a30}, {{8, 40}, {8, 1}});
  ASSERT_TRUE(bound.has_value());
  EXPECT_NEAR(bound->accepted[0], 8, 1e-5);
  EXPECT_NEAR(bound->accepted[1], 34, 1e-5);
}

// Repacking without limit is a policy too.
TEST_F(FluidBoundTest, RepackingStaysUnderIt) {
  const std::vector<double> share{0.2, 0.1, 0.2, 0.2, 0.2, 0.1};
  for (const double load : {0.8, 1.0, 1.5}) {
    auto repack = Repack::of({h100_});
    ASSERT_TRUE(repack.has_value());
    double mean_units = 0;
    for (std::size_t c = 0; c < share.size(); ++c) mean_units += share[c] * units_[c];
    const double running = load * 80 / mean_units;  // offered, on 10 GPUs of 8 units
    Fluid fluid{{}, units_};
    for (const double part : share) fluid.offered.push_back(part * running);
    const auto bound = fluid_bound({h100_}, fluid);
    ASSERT_TRUE(bound.has_value());
    Random random(11);
    std::vector<std::pair<double, unsigned>> leaves;  // few: a list will do
    double now = 0, offered = 0, accepted = 0;
    for (int arrival = 0; arrival < 30'000; ++arrival) {
      now += random.exponential(1.0 / running);
      std::erase_if(leaves, [&](const auto& leave) {
        if (leave.first <= now) repack->release(leave.second);
        return leave.first <= now;
      });
      double at = random.uniform();
      unsigned request = 0;
      while (request + 1 < share.size() && at >= share[request]) at -= share[request++];
      offered += units_[request];
      const double life = random.exponential(1.0);
      if (!repack->accept(request)) continue;
      accepted += units_[request];
      leaves.emplace_back(now + life, request);
    }
    EXPECT_LE(accepted / offered, bound->share + 0.01) << load;  // 0.01: the luck of one run
    EXPECT_GE(accepted / offered, bound->share - 0.2) << load;
  }
}

}  // namespace
}  // namespace septet::plan::online
