// What was published, simulated.
#include <gtest/gtest.h>

#include "lab/sharing/simulate.h"
#include "lab/testing/tenants.h"

namespace septet::lab {
namespace {

using testing::closed;
using testing::scenario_of;
using testing::tenant_of;
using testing::yolos;

ModeOutcome ran(const Scenario& scenario, Mode mode) {
  const auto outcome = simulate(scenario, mode);
  EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().describe());
  EXPECT_EQ(outcome->impossible, "");
  return *outcome;
}

double mean_seconds(unsigned pods, Mode mode, const char* profile = "") {
  Scenario scenario = scenario_of({closed("yolos", yolos(), pods)}, 40.0);
  scenario.tenants[0].profile = profile;
  double sum = 0.0;
  for (const TenantOutcome& tenant : ran(scenario, mode).tenants) sum += tenant.latency.mean / pods;
  return sum;
}

struct Point {
  unsigned pods;
  double time_slicing, mps, mig;
};
// nos demo: seconds per inference (facts.md, 2d).
constexpr Point kNos[] = {{1, 0.0882, 0.0880, 0.3424},
                          {3, 0.2931, 0.1640, 0.3413},
                          {5, 0.4890, 0.2409, 0.3453},
                          {7, 0.6849, 0.3198, 0.3442}};

TEST(Published, NosYolosInEveryMode) {
  for (const Point& point : kNos) {
    EXPECT_NEAR(mean_seconds(point.pods, Mode::kTimeSlicing) / point.time_slicing, 1.0, 0.01)
        << point.pods;
    EXPECT_NEAR(mean_seconds(point.pods, Mode::kMps) / point.mps, 1.0, 0.01) << point.pods;
    // A closed loop of the 1g and of power: 1.8 % in model.md, 4, plus the residual of 2 %.
    EXPECT_NEAR(mean_seconds(point.pods, Mode::kMig, "1g.10gb") / point.mig, 1.0, 0.038)
        << point.pods;
  }
}

TEST(Published, MigIsFlatWhereTimeSlicingIsNot) {
  const double alone = mean_seconds(1, Mode::kMig, "1g.10gb");
  const double beside = mean_seconds(7, Mode::kMig, "1g.10gb");
  EXPECT_NEAR(beside / alone, 1.02, 0.0101);  // measured: 1.005
  const double sliced = mean_seconds(7, Mode::kTimeSlicing) / mean_seconds(1, Mode::kTimeSlicing);
  EXPECT_NEAR(sliced, 7 * 1.108, 7 * 1.108 * 0.01);
}

// claims.md, 2: seven YOLOS at 2.1 requests a second.
TEST(Published, SevenSmallServicesFillOneGpu) {
  Scenario scenario = scenario_of({tenant_of("yolos", yolos(), 2.1)});
  scenario.tenants[0].replicas = 7;
  scenario.tenants[0].profile = "1g.10gb";
  scenario.seconds = 1200.0;
  const ModeOutcome whole = ran(scenario, Mode::kWholeGpu);
  EXPECT_EQ(whole.gpus, 7u);
  EXPECT_NEAR(whole.sm_active, 0.08, 0.005);
  EXPECT_NEAR(whole.engine_active, 0.18, 0.01);
  const ModeOutcome mig = ran(scenario, Mode::kMig);
  EXPECT_EQ(mig.gpus, 1u);
  EXPECT_NEAR(mig.sm_active, 0.56, 0.02);
  EXPECT_NEAR(mig.engine_active, 0.72, 0.03);
  const auto mean_p99 = [](const ModeOutcome& outcome) {
    double sum = 0.0;
    for (const TenantOutcome& tenant : outcome.tenants) sum += tenant.latency.p99;
    return sum / static_cast<double>(outcome.tenants.size());
  };
  EXPECT_NEAR(mean_p99(mig), 2.7, 0.9);  // claims.md: 2.4 to 3
  const ModeOutcome mps = ran(scenario, Mode::kMps);
  EXPECT_NEAR(mps.sm_active, 0.56, 0.02);
  EXPECT_LT(mean_p99(mps), mean_p99(mig) / 2);
  scenario.tenants[0].work.mps_overhead = 0.02;  // as the claim was computed
  EXPECT_NEAR(mean_p99(ran(scenario, Mode::kMps)), 0.9, 0.2);
  scenario.tenants[0].work.mps_overhead = 0.0;
  scenario.seconds = 200.0;
  const ModeOutcome turns = ran(scenario, Mode::kTimeSlicing);
  for (const TenantOutcome& tenant : turns.tenants) EXPECT_TRUE(tenant.diverges);
  EXPECT_LT(mig.joules_per_request, whole.joules_per_request / 2);
}

// claims.md, 3: ResNet-50 b8 at 40 a second beside training; alone 14 ms, MPS 23, MIG-3g 29,
// time-slicing 55, MIG-1g 437 (too small).
TEST(Published, NoisyNeighbourComesInTheOrderOfTheClaims) {
  Work resnet;
  resnet.host = 0.00380;
  resnet.compute = 0.00215;
  resnet.bandwidth = 0.00170;
  resnet.memory_mib = 2000;
  Work training;  // synthetic in claims.md; here MISO's resnet b256
  training.host = 0.0245;
  training.compute = 0.00362;
  training.bandwidth = 0.00927;
  training.overlap = 1.5;
  training.memory_mib = 6000;
  Tenant victim = tenant_of("resnet", resnet, 40.0);
  victim.objective_seconds = 0.030;
  Tenant neighbour = closed("training", training);
  neighbour.training = true;
  Scenario scenario = scenario_of({victim, neighbour}, 200.0);
  scenario.victim = "resnet";
  const auto p99 = [&](Mode mode, const char* profile) {
    scenario.tenants[0].profile = profile;
    const ModeOutcome outcome = ran(scenario, mode);
    EXPECT_TRUE(outcome.victim.has_value());
    EXPECT_LE(outcome.victim->alone.p99, outcome.victim->with_others.p99 * 1.001);
    return outcome.victim->with_others.p99;
  };
  const double alone = p99(Mode::kWholeGpu, "");
  const double turns = p99(Mode::kTimeSlicing, "");
  const double mps = p99(Mode::kMps, "");
  const double three = p99(Mode::kMig, "3g.40gb");
  const double one = p99(Mode::kMig, "1g.10gb");
  EXPECT_NEAR(alone, 0.014, 0.005);
  EXPECT_LT(alone, mps);
  EXPECT_LT(mps, turns);
  EXPECT_LT(three, turns);
  EXPECT_GT(one, 5 * three);
  RecordProperty("alone_turns_mps_3g_1g_ms",
                 std::to_string(alone * 1e3) + " " + std::to_string(turns * 1e3) + " " +
                     std::to_string(mps * 1e3) + " " + std::to_string(three * 1e3) + " " +
                     std::to_string(one * 1e3));
}

}  // namespace
}  // namespace septet::lab
