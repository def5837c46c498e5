#include "metrics/power_share.h"

#include <gtest/gtest.h>

#include "publish/testing/cut_gpu.h"

namespace septet::metrics {
namespace {

class PowerShares : public ::testing::Test {
 protected:
  PowerShares() {
    gpu_.mode = mig::MigMode::kOn;
    publish::testing::cut(gpu_, "3g.40gb", 0);
    publish::testing::cut(gpu_, "1g.10gb", 4);
    for (auto& instance : gpu_.instances) instance.usage.sm_percent = 0;
    idle_mw_ = gpu_.product->power_idle_w.value * 1000.0;
    gpu_.power_mw = static_cast<std::uint32_t>(idle_mw_) + 210'000;
  }
  mig::Gpu gpu_ = publish::testing::whole_gpu(0);
  double idle_mw_ = 0;
};

TEST_F(PowerShares, IdlePowerBySlicesTheRestByActivity) {
  gpu_.instances[0].usage.sm_percent = 50;   // 3 slices x 50
  gpu_.instances[1].usage.sm_percent = 100;  // 1 slice x 100
  const auto shares = power_shares_mw(gpu_);
  ASSERT_EQ(shares.size(), 2u);
  EXPECT_NEAR(shares[0].value(), idle_mw_ * 3 / 7 + 210'000 * 0.6, 1);
  EXPECT_NEAR(shares[1].value(), idle_mw_ * 1 / 7 + 210'000 * 0.4, 1);
}

TEST_F(PowerShares, WithoutActivityOnlyIdlePower) {
  const auto shares = power_shares_mw(gpu_);
  EXPECT_NEAR(shares[0].value(), idle_mw_ * 3 / 7, 1);
  EXPECT_NEAR(shares[1].value(), idle_mw_ * 1 / 7, 1);
}

TEST_F(PowerShares, NeverMoreThanTheGpuDraws) {
  gpu_.power_mw = static_cast<std::uint32_t>(idle_mw_ / 2);
  double sum = 0;
  for (const auto& share : power_shares_mw(gpu_)) sum += share.value();
  EXPECT_LE(sum, *gpu_.power_mw + 1.0);
}

TEST_F(PowerShares, UnknownStaysUnknown) {
  mig::Gpu no_activity = gpu_;
  no_activity.instances[1].usage.sm_percent.reset();
  mig::Gpu no_power = gpu_;
  no_power.power_mw.reset();
  mig::Gpu no_product = gpu_;
  no_product.product = nullptr;
  for (const mig::Gpu& gpu : {no_activity, no_power, no_product}) {
    for (const auto& share : power_shares_mw(gpu)) EXPECT_FALSE(share.has_value());
  }
}

}  // namespace
}  // namespace septet::metrics
