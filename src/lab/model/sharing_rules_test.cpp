#include "lab/model/sharing_rules.h"

#include <gtest/gtest.h>

#include "lab/model/fault_rules.h"
#include "lab/model/memory_fit.h"
#include "lab/model/power.h"
#include "lab/model/reconfiguration.h"
#include "lab/model/transfer.h"

namespace septet::lab {
namespace {

GpuModel model_of(std::string_view product) {
  const mig::Product* found = mig::find_product(product);
  EXPECT_NE(found, nullptr);
  return *gpu_model(*found);
}

// model.md, 4: L and C from MPS with 1 and 7 pods.
Work yolos() {
  Work work;
  work.host = 0.0493;
  work.compute = 0.0386;
  work.overlap = 1.0;
  work.mps_overhead = 0.0;
  work.source = "nos demo";
  return work;
}

TEST(SharingRules, YolosAsNosMeasuredIt) {
  const Work work = yolos();
  const double alone = seconds_on(work, {1.0, 1.0});
  EXPECT_NEAR(alone, 0.0880, 0.0880 * 0.005);
  EXPECT_NEAR(time_sliced_seconds(alone, 3), 0.2931, 0.2931 * 0.01);
  EXPECT_NEAR(time_sliced_seconds(alone, 5), 0.4890, 0.4890 * 0.01);
  EXPECT_NEAR(time_sliced_seconds(alone, 7), 0.6849, 0.6849 * 0.01);
  EXPECT_NEAR(mps_seconds_of_same(work, 3, {1.0, 1.0}), 0.1640, 0.1640 * 0.01);
  EXPECT_NEAR(mps_seconds_of_same(work, 5, {1.0, 1.0}), 0.2409, 0.2409 * 0.01);
  EXPECT_NEAR(mps_seconds_of_same(work, 7, {1.0, 1.0}), 0.3198, 0.3198 * 0.01);
  EXPECT_NEAR(seconds_on(work, {14.0 / 108, 1.0 / 8}), 0.3424, 0.3424 * 0.02);
}

TEST(SharingRules, OneMpsClientIsAlone) {
  Work work;
  work.host = 0.003;
  work.compute = 0.002;
  work.bandwidth = 0.0017;
  for (const plan::Share share : {plan::Share{1, 1}, plan::Share{14.0 / 108, 1.0 / 8}})
    EXPECT_DOUBLE_EQ(mps_seconds_of_same(work, 1, share), seconds_on(work, share));
}

TEST(SharingRules, PercentagesKeepComputeApart) {
  Work work;
  work.host = 0.010;
  work.compute = 0.005;
  work.mps_overhead = 0.0;
  const std::vector<MpsClient> clients(4, MpsClient{&work, 1.0, 0.25});
  std::vector<double> seconds(4);
  mps_seconds(clients, {1.0, 1.0}, seconds);
  EXPECT_DOUBLE_EQ(seconds[0], seconds_on(work, {0.25, 1.0}));
  const std::vector<MpsClient> oversold(8, MpsClient{&work, 1.0, 0.25});
  seconds.resize(8);
  mps_seconds(oversold, {1.0, 1.0}, seconds);
  EXPECT_DOUBLE_EQ(seconds[7], seconds_on(work, {0.125, 1.0}));
}

TEST(SharingRules, BandwidthBeyondTheKneeCostsMore) {
  Work decode;
  decode.host = 0.001;
  decode.bandwidth = 0.009;
  decode.most_sm = 0.3;  // two do not fill the SMs: no weight, bandwidth alone binds
  decode.mps_overhead = 0.0;
  const double alone = seconds_on(decode, {1.0, 1.0});
  EXPECT_GT(mps_seconds_of_same(decode, 2, {1.0, 1.0}), alone * 1.8);
}

TEST(SharingRules, EveryProductIsModelledOrRefusedWithARemedy) {
  unsigned known = 0;
  for (const mig::Product& product : mig::products()) {
    const auto model = gpu_model(product);
    if (!model) {
      EXPECT_EQ(model.error().code, Code::kNotSupported);
      EXPECT_FALSE(model.error().remedy.empty());
      continue;
    }
    ++known;
    for (const Constant& one :
         {model->sms, model->bf16_tflops, model->bandwidth_gb_s, model->pcie_gb_s, model->idle_w,
          model->context_w, model->limit_w, model->peak_w, model->residual}) {
      EXPECT_GT(one.value, 0.0) << product.id;
      EXPECT_FALSE(one.source.empty()) << product.id;
    }
    EXPECT_EQ(model->validated, product.id.starts_with("a100-") || product.id == "a30-24gb");
    EXPECT_GE(model->peak_w.value, model->limit_w.value);
  }
  EXPECT_EQ(known, 12u);
}

TEST(SharingRules, TheLimitExplainsTheResidual) {
  for (const std::string_view product : {"a100-80gb", "a30-24gb", "b200-180gb"}) {
    const GpuModel model = model_of(product);
    EXPECT_NEAR(clock_slowdown(model, {1.0, 1.0}), 1.0 + model.residual.value, 1e-9);
    EXPECT_EQ(clock_slowdown(model, {0.5, 0.5}), 1.0);
    EXPECT_EQ(watts_drawn(model, {1.0, 1.0}, true), model.limit_w.value);
    EXPECT_EQ(watts_drawn(model, {0.0, 0.0}, false), model.idle_w.value);
    EXPECT_DOUBLE_EQ(residual_slowdown(model, 1.0), 1.0 + model.residual.value);
  }
}

TEST(SharingRules, LinkIsSharedUpToEachCap) {
  const double caps[] = {10.0, 1.0, 10.0};
  double rates[3] = {};
  share_link(9.0, caps, rates);
  EXPECT_DOUBLE_EQ(rates[0], 4.0);
  EXPECT_DOUBLE_EQ(rates[1], 1.0);
  EXPECT_DOUBLE_EQ(rates[2], 4.0);
  share_link(100.0, caps, rates);
  EXPECT_DOUBLE_EQ(rates[0] + rates[1] + rates[2], 21.0);
}

TEST(SharingRules, MemoryIsWhatDriversShow) {
  const mig::Product& a100 = *mig::find_product("a100-80gb");
  EXPECT_NEAR(usable_mib(a100, *a100.geometry.find_name("1g.10gb")), 9728, 1);
  const mig::Product& h200 = *mig::find_product("h200-141gb");
  EXPECT_NEAR(usable_mib(h200, *h200.geometry.find_name("1g.18gb")), 16384, 1);  // facts.md, 1
}

TEST(SharingRules, FaultsByMode) {
  EXPECT_EQ(fault_rule(Mode::kMps, FaultKind::kKernelFault).reach, Reach::kServer);
  EXPECT_EQ(fault_rule(Mode::kMigMps, FaultKind::kKernelFault).reach, Reach::kServer);
  EXPECT_EQ(fault_rule(Mode::kMig, FaultKind::kKernelFault).reach, Reach::kTenant);
  EXPECT_EQ(fault_rule(Mode::kTimeSlicing, FaultKind::kKernelFault).reach, Reach::kTenant);
  EXPECT_EQ(fault_rule(Mode::kTimeSlicing, FaultKind::kOutOfMemory).reach, Reach::kGpu);
  EXPECT_EQ(fault_rule(Mode::kMig, FaultKind::kMpsServerDeath).reach, Reach::kNobody);
  for (const Mode mode : kModes)
    EXPECT_EQ(fault_rule(mode, FaultKind::kGpuLost).reach, Reach::kGpu);
  const FaultRule lost = fault_rule(Mode::kMig, FaultKind::kGpuLost);
  EXPECT_DOUBLE_EQ(down_seconds(lost, RecoveryCosts{}, 1.5), 6.0 + 1.5 + 10.0);
}

TEST(SharingRules, CallsThatCutAGpuAnew) {
  const GpuModel model = model_of("a100-80gb");
  const mig::Geometry& geometry = model.product->geometry;
  const auto* one = geometry.find_name("1g.10gb");
  const auto* three = geometry.find_name("3g.40gb");
  const auto before = mig::Layout::make(geometry, {{one, {0, 1}}, {three, {4, 4}}});
  const auto after = mig::Layout::make(geometry, {{three, {0, 4}}, {three, {4, 4}}});
  ASSERT_TRUE(before && after);
  EXPECT_NEAR(calls_seconds(model, *before, *after), 0.20 + 0.20, 1e-9);
  EXPECT_EQ(calls_seconds(model, *after, *after), 0.0);
  EXPECT_EQ(create_seconds(model_of("b200-180gb"),
                           *model_of("b200-180gb").product->geometry.find_name("1g.23gb"))
                .evidence,
            Evidence::kAssumed);
}

}  // namespace
}  // namespace septet::lab
