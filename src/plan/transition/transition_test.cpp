#include "plan/transition/transition.h"

#include <gtest/gtest.h>

#include <map>

#include "plan/diff.h"
#include "plan/testing/layout_as_gpu.h"
#include "plan/transition/instance_seconds.h"
#include "plan/transition/keep_most.h"
#include "plan/transition/testing/problems.h"

namespace septet::plan {
namespace {

using testing::expect_sound;
using testing::keep_capacity;
using testing::problem_on;
using testing::product;

RunningReplica replica(const mig::Product& product, const char* profile, unsigned start,
                       std::size_t service) {
  const auto* const row = product.geometry.find_name(profile);
  return {{row, {static_cast<std::uint8_t>(start), row->size}}, service};
}

TEST(InstanceSeconds, AreThoseThatWereMeasured) {
  const auto& a100 = product("a100-80gb");
  const auto seven = instance_seconds(a100, *a100.geometry.find_name("7g.80gb"));
  EXPECT_TRUE(seven.measured);
  EXPECT_DOUBLE_EQ(seven.create, 0.24);
  EXPECT_DOUBLE_EQ(seven.destroy, 0.22);
  const auto& b200 = product("b200-180gb");
  for (const auto& profile : b200.geometry.profiles) {
    EXPECT_FALSE(instance_seconds(b200, profile).measured) << profile.name;
    EXPECT_GT(instance_seconds(b200, profile).create, 0.0);
  }
}

TEST(Transition, OfNothingIsNothing) {
  auto problem = problem_on(product("a30-24gb"), 1, 1);
  problem.from[0] = problem.to[0] = {replica(product("a30-24gb"), "4g.24gb", 0, 0)};
  keep_capacity(problem);
  const auto transition = plan_transition(problem);
  ASSERT_TRUE(transition);
  EXPECT_TRUE(transition->steps.empty());
  EXPECT_EQ(transition->kept, 1u);
  EXPECT_EQ(transition->seconds, 0.0);
}

TEST(Transition, CutsAWholeGpuInTwoOverASpareOne) {
  const auto& a30 = product("a30-24gb");
  auto problem = problem_on(a30, 1, 1);
  problem.from[0] = {replica(a30, "4g.24gb", 0, 0)};
  problem.to[0] = {replica(a30, "2g.12gb", 0, 0), replica(a30, "2g.12gb", 2, 0)};
  keep_capacity(problem);
  const auto stuck = plan_transition(problem);
  ASSERT_FALSE(stuck);
  EXPECT_EQ(stuck.error().code, Code::kInfeasible);
  EXPECT_NE(stuck.error().what.find("there is no way"), std::string::npos);

  problem.gpus.push_back({"spare", &a30});
  problem.from.emplace_back();
  problem.to.emplace_back();
  const auto transition = plan_transition(problem);
  ASSERT_TRUE(transition) << transition.error().what;
  EXPECT_EQ(transition->starts, 3u);  // one of them temporary
  EXPECT_TRUE(transition->fewest());
  EXPECT_EQ(transition->spares_used, 1u);
  std::mt19937 random(1);
  expect_sound(problem, *transition, random);
}

TEST(Transition, HandsAnInstanceOverWithoutTouchingIt) {
  const auto& a100 = product("a100-80gb");
  auto problem = problem_on(a100, 1, 2);
  problem.from[0] = {replica(a100, "3g.40gb", 0, 0), replica(a100, "3g.40gb", 4, 0)};
  problem.to[0] = {replica(a100, "3g.40gb", 0, 0), replica(a100, "3g.40gb", 4, 1)};
  keep_capacity(problem);
  const auto transition = plan_transition(problem);
  ASSERT_TRUE(transition) << transition.error().what;
  ASSERT_EQ(transition->steps.size(), 1u);
  EXPECT_EQ(transition->steps[0].kind, TransitionKind::kHandOver);
  EXPECT_TRUE(cuts_in_order(problem, *transition).empty());
  EXPECT_DOUBLE_EQ(transition->seconds, 10.0);
  EXPECT_DOUBLE_EQ(transition->least_seconds, 10.0);
}

TEST(Transition, MovesAReplicaBeforeItsRoomIsTaken) {
  const auto& a100 = product("a100-80gb");
  auto problem = problem_on(a100, 2, 2);
  problem.from[0] = {replica(a100, "2g.20gb", 0, 0)};
  problem.to[0] = {replica(a100, "7g.80gb", 0, 1)};
  problem.to[1] = {replica(a100, "2g.20gb", 2, 0)};
  keep_capacity(problem);
  const auto transition = plan_transition(problem);
  ASSERT_TRUE(transition) << transition.error().what;
  ASSERT_EQ(transition->steps.size(), 2u);
  EXPECT_EQ(transition->steps[0].kind, TransitionKind::kMove);
  EXPECT_EQ(transition->steps[1].kind, TransitionKind::kCreate);
  EXPECT_EQ(transition->steps[1].after, std::vector<std::size_t>{0});
  EXPECT_EQ(transition->chain, 3u);
  EXPECT_EQ(transition->least_chain, 3u);
  // Make 0.17, load 10, unmake 0.20, make 0.24, load 10.
  EXPECT_NEAR(transition->seconds, 20.61, 1e-9);
}

TEST(Transition, RefusesFloorsAboveTheDeploymentsAndReplicasThatGiveNothing) {
  const auto& a30 = product("a30-24gb");
  auto problem = problem_on(a30, 1, 1);
  problem.from[0] = {replica(a30, "4g.24gb", 0, 0)};
  problem.to[0] = {replica(a30, "2g.12gb", 0, 0)};
  problem.services[0].floor = 3000;
  const auto low = plan_transition(problem);
  ASSERT_FALSE(low);
  EXPECT_EQ(low.error().what, "the last deployment gives a 2, which is below its floor of 3");
  problem.services[0].gives.clear();
  const auto nothing = plan_transition(problem);
  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().what, "GPU 0: a gives nothing in a 4g.24gb");
}

// ---- whatever the size

std::vector<RunningReplica> random_gpu(const mig::Product& product, std::size_t services,
                                       std::mt19937& random) {
  static std::map<const mig::Product*, std::vector<mig::Layout>> layouts;
  auto& mine = layouts[&product];
  if (mine.empty()) {
    mine = mig::layouts(
        product.geometry, [](const auto& profile) { return profile.classic(); }, false);
  }
  std::vector<RunningReplica> replicas;
  for (const auto& instance : mine[random() % mine.size()].instances())
    replicas.push_back({instance, random() % 7 == 0 ? kIdle : random() % services});
  return replicas;
}

TransitionProblem random_problem(std::mt19937& random, std::size_t gpus, std::size_t spares) {
  const char* const ids[] = {"a30-24gb", "a100-80gb", "h100-sxm5-80gb"};
  const auto& on = product(ids[random() % 3]);
  auto problem = problem_on(on, gpus + spares, 1 + random() % 5);
  for (std::size_t g = 0; g < gpus; ++g) {
    problem.from[g] = random_gpu(on, problem.services.size(), random);
    problem.to[g] = random_gpu(on, problem.services.size(), random);
  }
  keep_capacity(problem);
  return problem;
}

TEST(Transition, IsSoundInEveryOrderItsStepsAllow) {
  std::mt19937 random(20261121);
  unsigned found = 0, fewest = 0;
  for (int i = 0; i < 120; ++i) {
    const auto problem = random_problem(random, 1 + random() % 8, random() % 2);
    const auto transition = plan_transition(problem, {500, 4, 1});
    if (!transition) continue;
    ++found;
    fewest += transition->fewest() ? 1u : 0u;
    expect_sound(problem, *transition, random);
  }
  EXPECT_GT(found, 70u);
  EXPECT_GT(fewest, 40u);
}

TEST(Transition, FeedsApplyOneInstanceAtATime) {
  std::mt19937 random(7);
  unsigned cuts = 0;
  for (int i = 0; i < 60; ++i) {
    const auto problem = random_problem(random, 1 + random() % 3, 1);
    const auto transition = plan_transition(problem, {500, 4, 1});
    if (!transition) continue;
    auto now = problem.from;
    std::vector<std::vector<mig::Instance>> instances;
    for (const auto& gpu : now) {
      instances.emplace_back();
      for (const auto& one : gpu) instances.back().push_back(one.instance);
    }
    for (const CutAfterStep& cut : cuts_in_order(problem, *transition)) {
      const auto layout = mig::Layout::make(problem.geometry(cut.gpu), instances[cut.gpu]);
      ASSERT_TRUE(layout);
      const auto gpu = testing::layout_as_gpu(*problem.gpus[cut.gpu].product, *layout);
      const auto steps = diff(gpu, gpu_cut(cut, gpu.index, gpu.uuid));
      // One instance with its compute instance, made or unmade.
      ASSERT_EQ(steps.size(), 2u);
      ASSERT_EQ(steps[0].destroys(), steps[1].destroys());
      instances[cut.gpu] = cut.instances;
      ++cuts;
    }
    for (std::size_t g = 0; g < instances.size(); ++g) {
      std::vector<mig::Instance> wanted;
      for (const auto& one : problem.to[g]) wanted.push_back(one.instance);
      EXPECT_TRUE(std::ranges::is_permutation(instances[g], wanted));
    }
  }
  EXPECT_GT(cuts, 100u);
}

// ---- which GPU gets what

TEST(KeepMost, IsTheBestOfAllPermutations) {
  std::mt19937 random(3);
  for (int i = 0; i < 60; ++i) {
    const auto problem = random_problem(random, 5, 0);
    const KeptMost answer = keep_most(problem);
    std::vector<std::size_t> order{0, 1, 2, 3, 4};
    std::size_t best = 0;
    do {
      std::size_t kept = 0;
      for (std::size_t g = 0; g < 5; ++g) {
        for (const RunningReplica& one : problem.to[order[g]])
          kept += holds(problem.from[g], one) ? 1u : 0u;
      }
      best = std::max(best, kept);
    } while (std::ranges::next_permutation(order).found);
    EXPECT_EQ(answer.kept, best);
    EXPECT_EQ(answer.most_kept, best);
    auto permuted = problem;
    permuted.to = answer.to;
    EXPECT_EQ(capacities(permuted, permuted.to), capacities(problem, problem.to));
    std::size_t kept = 0;
    for (std::size_t g = 0; g < 5; ++g) {
      for (const RunningReplica& one : answer.to[g]) kept += holds(problem.from[g], one) ? 1u : 0u;
    }
    EXPECT_EQ(kept, best);
  }
}

TEST(KeepMost, FindsManyGpusAgainThatOnlyChangedPlaces) {
  std::mt19937 random(5);
  auto problem = random_problem(random, 2 * kMostExact, 0);
  problem.to = problem.from;
  std::ranges::shuffle(problem.to, random);
  EXPECT_EQ(keep_most(problem).to, problem.from);
}

}  // namespace
}  // namespace septet::plan
