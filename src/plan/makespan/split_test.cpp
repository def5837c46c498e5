#include "plan/makespan/split.h"

#include <gtest/gtest.h>

#include "plan/testing/random_jobs.h"

namespace septet::plan {
namespace {

// The free jobs on all places, beside what stays.
Ticks by_trying(const MakespanProblem& problem, const FreeJobs& free) {
  std::vector<unsigned> places(free.jobs.size(), 1);
  Ticks best = kNever;
  for (;;) {
    std::vector<Ticks> loads(free.staying);
    bool runs = true;
    for (std::size_t k = 0; k < places.size(); ++k) {
      const Ticks takes = problem.takes[free.jobs[k]][places[k]];
      runs = runs && takes < kNever;
      loads[places[k]] += takes;
    }
    if (runs) best = std::min(best, longest_way(problem, loads));
    std::size_t k = 0;
    while (k < places.size() && ++places[k] == problem.board.size()) places[k++] = 1;
    if (k == places.size()) return best;
  }
}

TEST(Split, FindsTheBestPlacesBesideJobsThatStay) {
  std::mt19937_64 random(31);
  for (const char* const product : {"a100-80gb", "a30-24gb"}) {
    const mig::Geometry& geometry = mig::find_product(product)->geometry;
    for (int time = 0; time < 30; ++time) {
      const auto jobs = testing::random_jobs(random, geometry, 5, false);
      const auto problem = makespan_problem(geometry, jobs, {});
      ASSERT_TRUE(problem.has_value());
      FreeJobs free{{1, 3, 4}, std::vector<Ticks>(problem->board.size(), 0)};
      for (std::size_t place = 1; place < free.staying.size(); ++place)
        free.staying[place] = static_cast<Ticks>(random() % 3 * (random() % 20)) * kSecond / 4;
      const Split split = SplitSearch(*problem, free, CallRule::kSplitting).best();
      EXPECT_EQ(split.value, by_trying(*problem, free));
      std::vector<Ticks> loads(free.staying);
      for (std::size_t k = 0; k < 3; ++k)
        loads[split.places[k]] += problem->takes[free.jobs[k]][split.places[k]];
      EXPECT_EQ(longest_way(*problem, loads), split.value);
    }
  }
}

TEST(Split, VisitsEveryPlanBelowALimitUpToPlacesThatAreAlike) {
  const mig::Geometry& geometry = mig::find_product("a30-24gb")->geometry;
  std::mt19937_64 random(32);
  for (int time = 0; time < 20; ++time) {
    const auto jobs = testing::random_jobs(random, geometry, 4, false);
    const auto problem = makespan_problem(geometry, jobs, {});
    ASSERT_TRUE(problem.has_value());
    const FreeJobs free{{0, 1, 2, 3}, std::vector<Ticks>(problem->board.size(), 0)};
    const SplitSearch search(*problem, free, CallRule::kSplitting);
    const Ticks best = search.best().value;
    Ticks shortest = kNever;
    const auto look = [&](const std::vector<Ticks>& loads, const auto& places, bool whole) {
      EXPECT_EQ(places.size(), 4u);
      if (whole) shortest = std::min(shortest, longest_way(*problem, loads));
      return whole ? longest_way(*problem, loads) : 0;
    };
    EXPECT_TRUE(search.visit_below(best + 1, 100'000, look));
    EXPECT_EQ(shortest, best);
    shortest = kNever;
    EXPECT_TRUE(search.visit_below(best, 100'000, look));
    EXPECT_EQ(shortest, kNever);
    EXPECT_FALSE(search.visit_below(kNever, 3, look));
  }
}

}  // namespace
}  // namespace septet::plan
