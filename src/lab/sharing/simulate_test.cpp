#include "lab/sharing/simulate.h"

#include <gtest/gtest.h>

#include "lab/testing/tenants.h"

namespace septet::lab {
namespace {

using testing::closed;
using testing::scenario_of;
using testing::tenant_of;
using testing::yolos;

Work fixed(double seconds) {
  Work work;
  work.host = seconds;
  work.overlap = 1.0;
  work.memory_mib = 1000;
  return work;
}

ModeOutcome ran(const Scenario& scenario, Mode mode, const SimulateOptions& options = {}) {
  const auto outcome = simulate(scenario, mode, options);
  EXPECT_TRUE(outcome) << (outcome ? "" : outcome.error().describe());
  EXPECT_EQ(outcome->impossible, "");
  return *outcome;
}

// Pollaczek and Khinchine's mean for one queue of equal services.
double waited_over_expected(double load, double seconds, Mode mode) {
  const double takes = 0.010;
  const Scenario scenario = scenario_of({tenant_of("one", fixed(takes), load / takes)}, seconds);
  const double expected = takes + load * takes / (2.0 * (1.0 - load));
  return ran(scenario, mode).tenants[0].latency.mean / expected;
}

TEST(Simulate, OneQueueWaitsAsMD1Says) {
  EXPECT_NEAR(waited_over_expected(0.6, 300.0, Mode::kMig), 1.0, 0.03);
}

TEST(SimulateSweep, OneQueueWaitsAsMD1Says) {
  for (const double load : {0.3, 0.6, 0.8}) {
    for (const Mode mode : {Mode::kWholeGpu, Mode::kTimeSlicing, Mode::kMps, Mode::kMig})
      EXPECT_NEAR(waited_over_expected(load, 3000.0, mode), 1.0, 0.03) << load;
  }
}

// Mixed load with transfers, bursts, faults and a closed loop.
Scenario mixed() {
  Work moves = yolos();
  moves.host = 0.004;
  moves.compute = 0.006;
  moves.bandwidth = 0.003;
  moves.overlap = 2.0;
  moves.mps_overhead = 0.02;
  moves.to_device_bytes = 2e7;
  moves.from_device_bytes = 1e6;
  Tenant bursts = tenant_of("bursts", moves, 12.0);
  bursts.arrivals.kind = Arrivals::Kind::kBursts;
  bursts.objective_seconds = 0.2;
  Tenant chat = tenant_of("chat", moves, 0.0);
  chat.arrivals.kind = Arrivals::Kind::kClosed;
  chat.arrivals.clients = 3;
  chat.arrivals.think = 0.1;
  Tenant training = closed("training", moves);
  training.training = true;
  Scenario scenario = scenario_of({bursts, tenant_of("steady", yolos(), 2.0), chat, training}, 65);
  scenario.layouts = {{"3g.40gb", "2g.20gb", "1g.10gb", "1g.10gb"}};
  scenario.victim = "steady";
  scenario.faults = {{10.0, FaultKind::kKernelFault, "training"},
                     {30.0, FaultKind::kProcessCrash, "steady"},
                     {42.0, FaultKind::kGpuLost, "bursts"}};
  return scenario;
}

TEST(Simulate, NothingIsLostFromTheBooks) {
  const Scenario scenario = mixed();
  for (const Mode mode : kModes) {
    const ModeOutcome outcome = ran(scenario, mode);
    for (const TenantOutcome& tenant : outcome.tenants) {
      EXPECT_GT(tenant.offered, 0u);
      EXPECT_EQ(tenant.offered, tenant.completed + tenant.lost + tenant.unfinished) << tenant.name;
      EXPECT_LE(tenant.latency.p50, tenant.latency.p95);
      EXPECT_LE(tenant.latency.p95, tenant.latency.p99);
      EXPECT_LE(tenant.goodput, tenant.throughput + 1e-9);
    }
    for (const double share :
         {outcome.engine_active, outcome.sm_active, outcome.dram_active, outcome.allocation}) {
      EXPECT_GT(share, 0.0);
      EXPECT_LE(share, 1.0 + 1e-9);
    }
    EXPECT_LE(outcome.sm_active, outcome.engine_active + 1e-9);
    EXPECT_GE(outcome.watts, outcome.gpus * scenario.gpu.idle_w.value);
    EXPECT_LE(outcome.watts, outcome.gpus * scenario.gpu.limit_w.value);
    EXPECT_LE(outcome.utilization.size(), kSamples);
    EXPECT_LE(outcome.timeline.size(), kMostSpans);
    for (const TimelineSpan& span : outcome.timeline) {
      EXPECT_LT(span.from, span.to);
      EXPECT_GE(span.from, outcome.timeline_from);
      EXPECT_LE(span.to, outcome.timeline_to + 1e-9);
    }
  }
}

// A run that ends where a miss is certain says the same of the objectives as one to the end.
TEST(Simulate, AMissIsKnownBeforeTheEndAndNeverOtherwise) {
  unsigned missed = 0, met = 0, shortened = 0;
  for (const double load : {0.3, 0.6, 0.9, 1.3}) {
    for (const double objective : {0.011, 0.02, 0.05, 0.3}) {
      Scenario scenario = mixed();
      scenario.faults.clear();
      scenario.tenants.push_back(tenant_of("judged", fixed(0.010), load / 0.010));
      scenario.tenants.back().objective_seconds = objective;
      scenario.layouts = {{"3g.40gb", "1g.10gb", "1g.10gb", "1g.10gb", "1g.10gb"}};
      for (const Mode mode : {Mode::kWholeGpu, Mode::kTimeSlicing, Mode::kMps, Mode::kMig}) {
        SimulateOptions options;
        options.pictures = options.victim_alone = false;
        const ModeOutcome whole = ran(scenario, mode, options);
        options.until_missed = true;
        const ModeOutcome judged = ran(scenario, mode, options);
        EXPECT_EQ(judged.meets_objectives, whole.meets_objectives) << load << " " << objective;
        ++(whole.meets_objectives ? met : missed);
        const auto& of_whole = whole.tenants.back();
        const auto& of_judged = judged.tenants.back();
        if (whole.meets_objectives) {
          EXPECT_EQ(of_judged.completed, of_whole.completed);
        }
        shortened += of_judged.completed < of_whole.completed ? 1 : 0;
      }
    }
  }
  EXPECT_GT(met, 3u);
  EXPECT_GT(shortened, 3u);
  EXPECT_LE(shortened, missed);
}

TEST(Simulate, SameSeedSameNumbers) {
  const Scenario scenario = mixed();
  for (const Mode mode : kModes) {
    const ModeOutcome one = ran(scenario, mode), two = ran(scenario, mode);
    for (std::size_t t = 0; t < one.tenants.size(); ++t) {
      EXPECT_EQ(one.tenants[t].latencies, two.tenants[t].latencies);
      EXPECT_EQ(one.tenants[t].completed, two.tenants[t].completed);
    }
    EXPECT_EQ(one.joules_per_request, two.joules_per_request);
    EXPECT_EQ(one.timeline.size(), two.timeline.size());
  }
}

TEST(Simulate, FaultsReachWhomTheModeSays) {
  const Scenario scenario = mixed();
  const auto down = [&](Mode mode) {
    std::vector<double> seconds;
    for (const TenantOutcome& tenant : ran(scenario, mode).tenants)
      seconds.push_back(tenant.down_seconds);
    return seconds;  // bursts, steady, chat, training
  };
  const RecoveryCosts costs;
  const double reset = costs.reset + costs.process, server = costs.server + costs.process;
  const auto turns = down(Mode::kTimeSlicing);
  EXPECT_NEAR(turns[0], reset, 1e-6);
  EXPECT_NEAR(turns[1], reset + costs.process, 1e-6);
  EXPECT_NEAR(turns[2], reset, 1e-6);
  EXPECT_NEAR(turns[3], reset + costs.process, 1e-6);
  const auto mps = down(Mode::kMps);
  EXPECT_NEAR(mps[0], reset + server, 1e-6);
  EXPECT_NEAR(mps[2], reset + server, 1e-6);
  const auto whole = down(Mode::kWholeGpu);
  EXPECT_NEAR(whole[0], reset, 1e-6);
  EXPECT_EQ(whole[2], 0.0);
  const auto mig = down(Mode::kMig);
  EXPECT_GT(mig[2], reset);  // the instances are made again
  EXPECT_LT(mig[2], reset + 5.0);
}

TEST(Simulate, LinkIsSharedByAllSlices) {
  Work copies = fixed(0.001);
  copies.to_device_bytes = 25e9 * 0.05;  // 50 ms of the whole link
  Scenario scenario = scenario_of({closed("copy", copies, 7)}, 60.0);
  scenario.tenants[0].profile = "1g.10gb";
  const ModeOutcome outcome = ran(scenario, Mode::kMig);
  double rate = 0.0;
  for (const TenantOutcome& tenant : outcome.tenants) rate += tenant.throughput;
  EXPECT_NEAR(rate, 20.0, 0.6);  // the link allows 1 / 50 ms, however many ask
}

TEST(Simulate, LayoutsChangeByDayAndNight) {
  Tenant day = tenant_of("notebook", fixed(0.02), 5.0);
  day.replicas = 3;
  day.arrivals.active = {{0.0, 400.0}};
  Tenant night = closed("training", yolos());
  night.training = true;
  Scenario scenario = scenario_of({day, night}, 1000.0);
  scenario.layouts = {{"2g.20gb", "2g.20gb", "2g.20gb", "1g.10gb"}};
  scenario.changes = {{500.0, {{"7g.80gb"}}, 180.0}};
  const ModeOutcome outcome = ran(scenario, Mode::kMig);
  EXPECT_GT(outcome.reconfiguring_seconds, 180.0);
  EXPECT_LT(outcome.reconfiguring_seconds, 182.0);
  EXPECT_EQ(outcome.tenants[0].completed, outcome.tenants[0].offered);
  // Steps on the least instance by day, on the whole GPU from about 681 s on.
  const double one = 0.0493 + 0.0386 * 108 / 14, seven = 0.0493 + 0.0386 * 108 / 98;
  EXPECT_NEAR(outcome.tenants[3].throughput * 900, 400 / one + 319 / seven, 40.0);
}

TEST(Simulate, SmallestInstanceThatMeetsTheObjective) {
  Tenant tenant = tenant_of("yolos", yolos(), 0.3);
  tenant.objective_seconds = 0.5;  // a 1g takes 0.347 s and then waits; 2g 0.198
  const ModeOutcome two = ran(scenario_of({tenant}), Mode::kMig);
  EXPECT_EQ(two.layouts.at(0).substr(0, 2), "2g");
  EXPECT_TRUE(two.meets_objectives);
  tenant.objective_seconds = 3.0;
  const ModeOutcome one = ran(scenario_of({tenant}), Mode::kMig);
  EXPECT_EQ(one.layouts.at(0).substr(0, 2), "1g");
  EXPECT_TRUE(one.meets_objectives);
}

TEST(Simulate, WhatCannotBeIsSaid) {
  Work huge = fixed(0.1);
  huge.memory_mib = 60'000;
  Scenario scenario = scenario_of({tenant_of("a", huge, 1.0), tenant_of("b", huge, 1.0)});
  scenario.most_gpus = 1;
  for (const Mode mode : kModes) {
    const auto outcome = simulate(scenario, mode);
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->impossible.empty()) << static_cast<int>(mode);
  }
  scenario.most_gpus = 2;
  EXPECT_EQ(ran(scenario, Mode::kTimeSlicing).gpus, 2u);
  scenario.tenants[0].work = Work{};
  const auto wrong = simulate(scenario, Mode::kMps);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Code::kInvalidArgument);
}

TEST(Simulate, MigWithMpsKeepsWhoHasAnObjectiveFromTraining) {
  Work resnet = fixed(0.0038);
  resnet.compute = 0.00215;
  resnet.bandwidth = 0.0017;
  resnet.overlap = 2.0;
  Work step = fixed(0.06);
  step.compute = 0.06;
  step.overlap = 1.5;
  Tenant victim = tenant_of("resnet", resnet, 40.0);
  victim.objective_seconds = 0.030;
  Tenant training = closed("training", step);
  training.training = true;
  const ModeOutcome outcome = ran(scenario_of({victim, training}, 100.0), Mode::kMigMps);
  EXPECT_TRUE(outcome.meets_objectives) << outcome.layouts.at(0);
}

TEST(Simulate, RunsOnEveryGpuThatIsModelled) {
  for (const mig::Product& product : mig::products()) {
    const auto model = gpu_model(product);
    if (!model) continue;
    Scenario scenario = scenario_of({tenant_of("one", yolos(), 1.0)}, 30.0);
    scenario.tenants[0].replicas = 3;
    scenario.gpu = *model;
    for (const Mode mode : kModes) {
      const ModeOutcome outcome = ran(scenario, mode);
      EXPECT_GT(outcome.throughput, 0.0) << product.id;
      EXPECT_EQ(outcome.gpus, mode == Mode::kWholeGpu ? 3u : 1u) << product.id;
    }
  }
}

TEST(Simulate, ComparesAndFindsWhereMigLoses) {
  Scenario scenario = scenario_of({tenant_of("yolos", yolos(), 1.5)}, 300.0);
  scenario.tenants[0].replicas = 4;
  scenario.tenants[0].profile = "1g.10gb";
  const auto comparison = compare(scenario);
  ASSERT_TRUE(comparison);
  EXPECT_EQ(comparison->modes.size(), std::size(kModes));
  EXPECT_NE(comparison->losing_case.find("MPS"), std::string::npos) << comparison->losing_case;
  EXPECT_EQ(comparison->faults.size(), std::size(kModes) * 6);
  for (const FaultRow& row : comparison->faults) {
    EXPECT_EQ(row.down.size(), 4u);
    EXPECT_FALSE(row.why.empty());
  }
}

TEST(Simulate, UnvalidatedGpusAreSaidToBe) {
  Scenario scenario = scenario_of({tenant_of("one", fixed(0.01), 5.0)}, 60.0);
  EXPECT_TRUE(ran(scenario, Mode::kMig).notes.empty());
  scenario.gpu = testing::model_of("h100-sxm5-80gb");
  const auto notes = ran(scenario, Mode::kMig).notes;
  ASSERT_FALSE(notes.empty());
  EXPECT_NE(notes.front().find("not validated"), std::string::npos);
}

}  // namespace
}  // namespace septet::lab
