#include "lab/queue/fleet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "base/random.h"
#include "lab/queue/baselines.h"
#include "lab/queue/dynamic_mig.h"

namespace septet::lab::queue {
namespace {

// Half as fast on 3g and 4g, a fifth on 1g: [1g, 2g, 3g, 4g, 7g].
TrainingJob job(double arrives, double work) {
  return {"job", arrives, work, {0.2, 0.3, 0.5, 0.5, 1}, 0.5, 0.5, 1.5};
}

World world_of(std::vector<TrainingJob> jobs, unsigned gpus = 1) {
  World world{
      places_of(mig::find_product("a100-40gb")->geometry).value(), std::move(jobs), gpus, {}};
  world.costs.checkpoint = 10;
  world.costs.restart = 20;
  world.costs.create.fill(1);
  world.costs.destroy.fill(2);
  return world;
}

int place(const World& world, std::string_view text) {
  for (std::size_t p = 0; p < world.places.all.size(); ++p)
    if (world.places.text(static_cast<int>(p)) == text) return static_cast<int>(p);
  ADD_FAILURE() << "no place " << text;
  return kNowhere;
}

// The second job comes at 100: the first gives up the whole GPU for 4g, the second takes 3g.
class ByHand : public Policy {
 public:
  std::string name() const override { return "by hand"; }
  void decide(Fleet& fleet, const Happened& happened) override {
    if (happened.arrived.empty()) return;
    const World& world = fleet.world();
    if (fleet.now() == 0) {
      const Seat seats[] = {{0, place(world, "7g.40gb@0")}};
      fleet.recut(0, seats);
    } else {
      const Seat seats[] = {{0, place(world, "4g.20gb@0")}, {1, place(world, "3g.20gb@4")}};
      fleet.recut(0, seats);
    }
  }
};

TEST(FleetTest, TwoJobsWorkedByHand) {
  const World world = world_of({job(0, 200), job(100, 50)});
  ByHand policy;
  const RunOutcome outcome = run_policy(world, policy);
  // Job 0: created by 1; 99 s of work by 100. Checkpoint to 110, destroy 7g to 112, 4g made by 113,
  // restarted by 133; the other 101 s of work take 202 s at half speed.
  EXPECT_DOUBLE_EQ(outcome.jobs[0].began, 1);
  EXPECT_DOUBLE_EQ(outcome.jobs[0].finished, 133 + 202);
  EXPECT_EQ(outcome.jobs[0].moves, 1u);
  // Job 1: its 3g is made right after the 4g, by 114; 50 s of work take 100 s.
  EXPECT_DOUBLE_EQ(outcome.jobs[1].began, 114);
  EXPECT_DOUBLE_EQ(outcome.jobs[1].finished, 214);
  EXPECT_EQ(outcome.jobs[1].moves, 0u);
  EXPECT_DOUBLE_EQ(outcome.mean_completion, (335 + 114) / 2.0);
  EXPECT_DOUBLE_EQ(outcome.makespan, 335);
}

TEST(FleetTest, WhoseInstanceStaysNoticesNothing) {
  const World world = world_of({job(0, 100), job(10, 100)});
  class Beside : public Policy {
   public:
    std::string name() const override { return "beside"; }
    void decide(Fleet& fleet, const Happened& happened) override {
      if (happened.arrived.empty()) return;
      std::vector<Seat> seats = {{0, place(fleet.world(), "3g.20gb@4")}};
      if (fleet.now() > 0) seats.push_back({1, place(fleet.world(), "4g.20gb@0")});
      fleet.recut(0, seats);
    }
  } policy;
  const RunOutcome outcome = run_policy(world, policy);
  EXPECT_DOUBLE_EQ(outcome.jobs[0].finished, 201);  // 1 s to create, 100 / 0.5
  EXPECT_DOUBLE_EQ(outcome.jobs[1].finished, 211);
  EXPECT_EQ(outcome.moves, 0u);
}

TEST(PolicyTest, OneJobAloneTakesItsLength) {
  const World world = world_of({job(5, 300)});
  const auto whole = whole_gpus();
  EXPECT_DOUBLE_EQ(run_policy(world, *whole).jobs[0].finished, 305);
  const auto turns = time_slicing(3);
  EXPECT_DOUBLE_EQ(run_policy(world, *turns).jobs[0].finished, 305);
  const auto shared = mps(3);
  EXPECT_DOUBLE_EQ(run_policy(world, *shared).jobs[0].finished, 305);
  const auto ours = dynamic_mig({});
  EXPECT_DOUBLE_EQ(run_policy(world, *ours).jobs[0].finished, 306);  // and 1 s to create 7g
  const auto theirs = miso();
  EXPECT_DOUBLE_EQ(run_policy(world, *theirs).jobs[0].finished, 306);
}

TEST(PolicyTest, WholeGpusAreFirstComeFirstServed) {
  const World world = world_of({job(0, 100), job(1, 10), job(2, 1)});
  const auto whole = whole_gpus();
  const RunOutcome outcome = run_policy(world, *whole);
  EXPECT_DOUBLE_EQ(outcome.jobs[1].finished, 110);
  EXPECT_DOUBLE_EQ(outcome.jobs[2].finished, 111);
}

TEST(PolicyTest, TurnsCostTheirSwitches) {
  const World world = world_of({job(0, 100), job(0, 100)});
  const auto turns = time_slicing(3);
  EXPECT_NEAR(run_policy(world, *turns).makespan, 2 * 100 * 1.108, 1e-9);
}

// Jobs of random sizes and speeds, some too big for the small instances.
World random_world(std::uint64_t seed) {
  Random random(seed);
  std::vector<TrainingJob> jobs;
  double at = 0;
  for (int i = 0; i < 40; ++i) {
    at += random.exponential(40);
    TrainingJob one = job(at, 5 + random.exponential(400));
    double speed = 1;
    const auto fits_from = random.below(4);
    for (std::size_t p = 5; p-- > 0;) {
      one.speed[p] = p < fits_from ? 0 : speed;
      speed *= 0.4 + 0.6 * random.uniform();
    }
    jobs.push_back(one);
  }
  return world_of(jobs, 3);
}

void check_log(const World& world, const RunOutcome& outcome, const std::string& who) {
  std::vector<double> done(world.jobs.size(), 0);
  for (std::size_t i = 0; i < outcome.log.size(); ++i) {
    const Segment& a = outcome.log[i];
    done[a.job] += (a.to - a.from) * a.speed;
    for (std::size_t j = 0; j < i; ++j) {
      const Segment& b = outcome.log[j];
      const bool at_once = a.held < b.to - 1e-9 && b.held < a.to - 1e-9;
      if (!at_once || a.gpu != b.gpu) continue;
      EXPECT_NE(a.job, b.job) << who;
      if (a.place == kNowhere || b.place == kNowhere) continue;
      EXPECT_FALSE(world.places.overlap(a.place, b.place)) << who << ": two jobs on one unit";
    }
  }
  for (std::size_t i = 0; i < done.size(); ++i)
    EXPECT_NEAR(done[i], world.jobs[i].work, 1e-6) << who << ": job " << i;
}

TEST(PolicyTest, EveryJobRunsExactlyItsWorkAndNobodySharesAUnit) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const World world = random_world(seed);
    std::vector<std::unique_ptr<Policy>> policies;
    policies.push_back(whole_gpus());
    policies.push_back(time_slicing(3));
    policies.push_back(mps(3));
    policies.push_back(miso());
    policies.push_back(dynamic_mig({}));
    DynamicTuning known;
    known.lengths_known = true;
    policies.push_back(dynamic_mig(known));
    const std::vector<int> halves = {place(world, "4g.20gb@0"), place(world, "3g.20gb@4")};
    policies.push_back(fixed_layouts({halves, halves, halves}, true, "static"));
    for (const auto& policy : policies)
      check_log(world, run_policy(world, *policy), policy->name());
  }
}

TEST(PolicyTest, DynamicMigBeatsWholeGpusWhenJobsWait) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const World world = random_world(seed);
    const auto whole = whole_gpus();
    const auto ours = dynamic_mig({});
    EXPECT_LT(run_policy(world, *ours).mean_completion, run_policy(world, *whole).mean_completion);
  }
}

}  // namespace
}  // namespace septet::lab::queue
