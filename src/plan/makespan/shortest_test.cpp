#include "plan/makespan/shortest.h"

#include <gtest/gtest.h>

#include "plan/makespan/call_order.h"
#include "plan/makespan/call_seconds.h"
#include "plan/makespan/fixed.h"
#include "plan/makespan/problem.h"
#include "plan/testing/check_makespan.h"
#include "plan/testing/makespan_brute_force.h"
#include "plan/testing/random_jobs.h"

namespace septet::plan {
namespace {

using testing::brute_force_makespan;
using testing::check_makespan;
using testing::random_costs;
using testing::random_jobs;

const mig::Geometry& geometry_of(const char* product) {
  return mig::find_product(product)->geometry;
}

MakespanPlan planned(const mig::Geometry& geometry, const std::vector<MoldableJob>& jobs,
                     const CallCosts& costs, const MakespanEffort& effort = {}) {
  const auto problem = makespan_problem(geometry, jobs, costs);
  EXPECT_TRUE(problem.has_value());
  MakespanPlan plan = shortest_plan(*problem, effort);
  EXPECT_EQ(check_makespan(geometry, jobs, costs, plan.schedule), "");
  EXPECT_LE(plan.bound, plan.schedule.makespan);
  return plan;
}

// Without call times septet's answer is the shortest there is, whatever is tried.
void expect_shortest(const char* product, std::size_t jobs, int times, std::uint64_t seed) {
  const mig::Geometry& geometry = geometry_of(product);
  std::mt19937_64 random(seed);
  for (int time = 0; time < times; ++time) {
    const auto some = random_jobs(random, geometry, jobs, jobs < 4);
    const auto plan = planned(geometry, some, {});
    EXPECT_TRUE(plan.optimal());
    const Ticks makespan = plan.schedule.makespan;
    EXPECT_EQ(makespan, brute_force_makespan(geometry, some, {}, false, makespan + 1));
  }
}

TEST(ShortestMakespan, IsThatOfTryingEverythingWithoutCallTimes) {
  expect_shortest("a100-80gb", 3, 6, 1);
  expect_shortest("a30-24gb", 4, 6, 2);
  expect_shortest("rtx-pro-6000-blackwell-96gb", 3, 6, 3);
}

TEST(ShortestMakespanSweep, IsThatOfTryingEverythingWithoutCallTimes) {
  expect_shortest("a100-80gb", 3, 100, 4);
  expect_shortest("a30-24gb", 5, 15, 5);
  expect_shortest("a100-80gb", 4, 30, 6);
  expect_shortest("a100-80gb", 5, 2, 7);
}

// With call times: the shortest of those that only split; never longer than any by more than the
// bound says.
void expect_shortest_with_calls(const char* product, std::size_t jobs, int times,
                                std::uint64_t seed) {
  const mig::Geometry& geometry = geometry_of(product);
  std::mt19937_64 random(seed);
  for (int time = 0; time < times; ++time) {
    const auto some = random_jobs(random, geometry, jobs, false);
    const auto costs = random_costs(random, geometry);
    const auto plan = planned(geometry, some, costs);
    EXPECT_TRUE(plan.best_splitting);
    EXPECT_TRUE(plan.schedule.order_proven);
    const Ticks makespan = plan.schedule.makespan;
    EXPECT_EQ(makespan, brute_force_makespan(geometry, some, costs, true, makespan + 1));
    EXPECT_LE(plan.bound, brute_force_makespan(geometry, some, costs, false, makespan + 1));
  }
}

TEST(ShortestMakespan, IsThatOfTryingEverySplittingWithCallTimes) {
  expect_shortest_with_calls("a100-80gb", 2, 20, 11);
  expect_shortest_with_calls("a30-24gb", 3, 10, 12);
}

TEST(ShortestMakespanSweep, IsThatOfTryingEverySplittingWithCallTimes) {
  expect_shortest_with_calls("a100-80gb", 3, 60, 13);
  expect_shortest_with_calls("a30-24gb", 4, 40, 14);
  expect_shortest_with_calls("a100-80gb", 4, 4, 15);
}

// More jobs than all orders of everything allow: every place for every job, with the best order of
// calls for each (which call_order_test holds against all orders).
void expect_best_of_all_places(const char* product, std::size_t count, int times) {
  const mig::Geometry& geometry = geometry_of(product);
  std::mt19937_64 random(16);
  for (int time = 0; time < times; ++time) {
    const auto jobs = random_jobs(random, geometry, count, false);
    const auto costs = random_costs(random, geometry);
    const auto plan = planned(geometry, jobs, costs);
    EXPECT_TRUE(plan.best_splitting);
    const auto problem = makespan_problem(geometry, jobs, costs);
    Assignment places(count, 1);
    for (std::size_t k = 0; k < count;) {
      bool runs = true;
      for (std::size_t job = 0; job < count; ++job)
        runs = runs && problem->takes[job][places[job]] < kNever;
      const auto loads = loads_of(*problem, places);
      if (runs && makespan_at_least(*problem, loads) < plan.schedule.makespan) {
        EXPECT_GE(best_call_order(*problem, loads).makespan, plan.schedule.makespan);
      }
      for (k = 0; k < count && ++places[k] == problem->board.size(); ++k) places[k] = 1;
    }
  }
}

TEST(ShortestMakespanSweep, IsTheBestOfAllPlacesWithCallTimes) {
  expect_best_of_all_places("a30-24gb", 5, 15);
  expect_best_of_all_places("a100-80gb", 4, 6);
}

TEST(ShortestMakespan, IsLegalOnEveryProductForAnyNumberOfJobs) {
  std::mt19937_64 random(21);
  for (const mig::Product& product : mig::products()) {
    if (!board_of(product.geometry)) continue;
    for (const std::size_t count : {1u, 5u, 12u}) {
      const auto jobs = random_jobs(random, product.geometry, count, true);
      const auto costs = random_costs(random, product.geometry);
      planned(product.geometry, jobs, {}, {6, 500, 6});
      planned(product.geometry, jobs, costs, {5, 500, 6});
    }
  }
}

TEST(ShortestMakespan, BoundsBelowWhatItCanSearch) {
  const mig::Geometry& geometry = geometry_of("a100-80gb");
  std::mt19937_64 random(22);
  for (int time = 0; time < 8; ++time) {
    const auto jobs = random_jobs(random, geometry, 7, true);
    const auto exact = planned(geometry, jobs, {});
    const auto rough = planned(geometry, jobs, {}, {0, 1000, 100});
    EXPECT_LE(rough.bound, exact.schedule.makespan);
    EXPECT_GE(rough.schedule.makespan, exact.schedule.makespan);
    EXPECT_LE(rough.schedule.makespan, exact.schedule.makespan);  // seven are freed at once
  }
}

TEST(ShortestMakespan, CountsJobsThatCannotShareAnInstance) {
  const mig::Geometry& geometry = geometry_of("a100-80gb");
  const auto* const smallest = geometry.find_name("1g.10gb");
  const std::vector<MoldableJob> jobs(8, {"same", {{smallest, 10 * kSecond}}});
  const auto plan = planned(geometry, jobs, {}, {0, 0, 0});
  EXPECT_EQ(plan.schedule.makespan, 20 * kSecond);
  EXPECT_TRUE(plan.optimal());  // by counting; their work would allow 8/7 of that
}

TEST(ShortestMakespan, IsTheSameEveryTime) {
  const mig::Geometry& geometry = geometry_of("h100-sxm5-80gb");
  const auto costs = measured_call_costs(*mig::find_product("h100-sxm5-80gb"));
  ASSERT_TRUE(costs.has_value());
  std::mt19937_64 random(23);
  const auto jobs = random_jobs(random, geometry, 25, false);
  EXPECT_EQ(planned(geometry, jobs, *costs, {14, 1000, 50}).places,
            planned(geometry, jobs, *costs, {14, 1000, 50}).places);
}

TEST(CallCosts, AreKnownForThreeChipsOnly) {
  const auto of_a100 = measured_call_costs(*mig::find_product("a100-40gb"));
  ASSERT_TRUE(of_a100.has_value());
  EXPECT_EQ(of_a100->at(geometry_of("a100-40gb").find_name("7g.40gb")).create, 240'000);
  EXPECT_FALSE(measured_call_costs(*mig::find_product("h200-141gb")).has_value());
}

TEST(FixedLayout, TakesAtLeastAsLong) {
  const mig::Geometry& geometry = geometry_of("a100-80gb");
  const auto smallest = all_smallest(geometry);
  ASSERT_EQ(smallest.size(), 7u);
  const std::vector<mig::Instance> whole{{geometry.find_name("7g.80gb"), {0, 8}}};
  std::vector<MoldableJob> jobs(3, {"any", {}});
  for (auto& job : jobs) {
    job.takes[geometry.find_name("1g.10gb")] = 10 * kSecond;
    job.takes[geometry.find_name("7g.80gb")] = 4 * kSecond;
  }
  const auto problem = makespan_problem(geometry, jobs, {});
  ASSERT_TRUE(problem.has_value());
  EXPECT_EQ(plan_on_layout(*problem, smallest, {})->schedule.makespan, 10 * kSecond);
  EXPECT_EQ(plan_on_layout(*problem, whole, {})->schedule.makespan, 12 * kSecond);
  jobs[0].takes.erase(geometry.find_name("7g.80gb"));
  const auto partly = makespan_problem(geometry, jobs, {});
  EXPECT_FALSE(plan_on_layout(*partly, whole, {}).has_value());
  EXPECT_EQ(shortest_plan(*partly, {}).schedule.makespan, 10 * kSecond);
}

TEST(MakespanProblem, RefusesWhatCannotRun) {
  const mig::Geometry& geometry = geometry_of("a30-24gb");
  EXPECT_FALSE(makespan_problem(geometry, {}, {}).has_value());
  EXPECT_FALSE(makespan_problem(geometry, {{"nowhere", {}}}, {}).has_value());
  const std::vector<MoldableJob> many(257, {"one", {{&geometry.profiles[0], kSecond}}});
  EXPECT_FALSE(makespan_problem(geometry, many, {}).has_value());
}

}  // namespace
}  // namespace septet::plan
