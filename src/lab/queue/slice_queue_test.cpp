#include "lab/queue/slice_queue.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "lab/queue/fill.h"
#include "lab/queue/migbench_world.h"
#include "lab/queue/slice_comparison.h"
#include "lab/queue/stranded.h"

namespace septet::lab::queue {
namespace {

MakeDispatcher with(Discipline discipline, std::string_view name) {
  return ordered(discipline, [name](plan::online::FleetState& state) {
    plan::online::Known known;
    known.share.assign(state.request_classes(), 1.0 / state.request_classes());
    return plan::online::find_policy(name)->make(state, known);
  });
}

// Classes of an H100: 1g, 1g+, 2g, 3g, 4g, 7g.
constexpr unsigned k1g = 0, k3g = 3, k4g = 4, k7g = 5;

SliceWorld small_world(std::vector<SliceJob> jobs) {
  SliceWorld world = migbench_world(MigBenchMix::kSixProfiles, 1, {1, 1, 1}).value();
  world.jobs = std::move(jobs);
  world.measure_from = 0;
  return world;
}

TEST(SliceQueueTest, OneJobWaitsForItsInstanceOnly) {
  const auto world = small_world({{10, 100, k3g}});
  const auto outcome = run_slice_queue(world, with(Discipline::kFifo, "first-fit")).value();
  EXPECT_DOUBLE_EQ(outcome.mean_wait, 0.25);
  EXPECT_DOUBLE_EQ(outcome.makespan, 10 + 0.25 + 100 + 0.1);
}

TEST(SliceQueueTest, FifoHoldsUpWhoComesBehindAndBackfillDoesNot) {
  const auto world = small_world({{0, 100, k4g}, {1, 50, k7g}, {2, 10, k1g}});
  const auto fifo = run_slice_queue(world, with(Discipline::kFifo, "first-fit")).value();
  EXPECT_EQ(fifo.runs[1].job, 1u);
  EXPECT_EQ(fifo.runs[2].job, 2u);
  EXPECT_DOUBLE_EQ(fifo.runs[2].from, 100 + 50 + 2 * 0.35);
  const auto backfill = run_slice_queue(world, with(Discipline::kBackfill, "first-fit")).value();
  EXPECT_EQ(backfill.runs[1].job, 2u);
  EXPECT_DOUBLE_EQ(backfill.runs[1].from, 2);
  EXPECT_EQ(backfill.runs[2].job, 1u);
}

TEST(SliceQueueTest, FillPuts4gBeside3g) {
  // 3g, 3g and 4g wait for a GPU that a 7g has just left: 3g and 4g use all seven slices.
  const auto world = small_world({{0, 100, k7g}, {1, 50, k3g}, {2, 50, k3g}, {3, 50, k4g}});
  const auto outcome = run_slice_queue(world, fill({})).value();
  EXPECT_DOUBLE_EQ(outcome.runs[1].from, outcome.runs[2].from);
  std::vector<std::uint32_t> pair = {outcome.runs[1].job, outcome.runs[2].job};
  std::ranges::sort(pair);
  EXPECT_EQ(pair, (std::vector<std::uint32_t>{1, 3}));
}

TEST(SliceQueueTest, APolicyThatKeepsNoRoomIsSaid) {
  const auto world = small_world({{0, 100, k7g}});
  const auto outcome = run_slice_queue(world, with(Discipline::kBackfill, "static-1g"));
  ASSERT_FALSE(outcome.has_value());
  EXPECT_NE(outcome.error().what.find("7g.80gb"), std::string::npos) << outcome.error().what;
}

void check_runs(const SliceWorld& world, const SliceOutcome& outcome) {
  const plan::online::Shape& shape = *world.pool.shape;
  std::vector<int> times(world.jobs.size(), 0);
  for (std::size_t i = 0; i < outcome.runs.size(); ++i) {
    const SliceRun& a = outcome.runs[i];
    ++times[a.job];
    EXPECT_GE(a.from, world.jobs[a.job].arrives);
    EXPECT_NEAR(a.until - a.begins, world.jobs[a.job].seconds + world.destroy, 1e-6);
    EXPECT_EQ(shape.window(a.at.window).cls, world.jobs[a.job].request);
    for (std::size_t j = 0; j < i; ++j) {
      const SliceRun& b = outcome.runs[j];
      if (a.at.gpu != b.at.gpu || a.from >= b.until || b.from >= a.until) continue;
      EXPECT_EQ(shape.window_mask(a.at.window) & shape.window_mask(b.at.window), 0);
    }
  }
  for (const int count : times) EXPECT_EQ(count, 1);
}

TEST(SliceQueueTest, EveryJobRunsOnceAndNoTwoOnOneUnit) {
  const auto world = migbench_world(MigBenchMix::kSixProfiles, 3, {2, 120, 1.4}).value();
  for (const Discipline discipline :
       {Discipline::kFifo, Discipline::kBackfill, Discipline::kSmallestFirst})
    check_runs(world, run_slice_queue(world, with(discipline, "spread")).value());
  FillTuning known;
  known.lengths_known = true;
  check_runs(world, run_slice_queue(world, fill({})).value());
  check_runs(world, run_slice_queue(world, fill(known)).value());
}

TEST(SliceQueueTest, FifoStartsInOrderOfArrival) {
  const auto world = migbench_world(MigBenchMix::kSixProfiles, 5, {2, 100, 1.4}).value();
  const auto outcome = run_slice_queue(world, with(Discipline::kFifo, "spread")).value();
  for (std::size_t i = 0; i < outcome.runs.size(); ++i) EXPECT_EQ(outcome.runs[i].job, i);
}

TEST(StrandedTest, TheFourthSliceBesideTwo3gIsOfNoUse) {
  const auto world = small_world({});
  const plan::online::Shape& shape = *world.pool.shape;
  const Stranded stranded(shape);
  EXPECT_EQ(stranded.used(0), 0u);
  EXPECT_DOUBLE_EQ(stranded.share(0), 0);
  for (unsigned layout = 0; layout < shape.layouts(); ++layout) {
    const auto number = static_cast<plan::online::Shape::Layout>(layout);
    if (shape.count(number, k3g) == 2) {
      EXPECT_DOUBLE_EQ(stranded.share(number), 1);
    }
    if (shape.count(number, k7g) == 1) {
      EXPECT_DOUBLE_EQ(stranded.share(number), 0);
    }
  }
}

TEST(MigBenchTest, LoadIsWhatWasAskedFor) {
  const auto world = migbench_world(MigBenchMix::kSixProfiles, 7, {8, 20'000, 1.4}).value();
  double work = 0;
  for (const SliceJob& job : world.jobs)
    work += job.seconds * world.pool.shape->profile(job.request).slices;
  EXPECT_NEAR(work / (world.jobs.back().arrives * 56), 1.4, 0.05);
  const auto known = known_of(world);
  EXPECT_NEAR(known.share[k1g], 0.35, 0.02);
  EXPECT_NEAR(known.share[k7g], 0.05, 0.01);
}

}  // namespace
}  // namespace septet::lab::queue
