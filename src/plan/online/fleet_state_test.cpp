#include "plan/online/fleet_state.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "base/random.h"

namespace septet::plan::online {
namespace {

std::shared_ptr<const Shape> shape_of(const char* product) {
  const mig::Geometry& geometry = mig::find_product(product)->geometry;
  return std::make_shared<const Shape>(geometry, plain_profiles(geometry));
}

// Who is where, kept as simply as possible.
struct NaiveFleet {
  std::map<std::pair<Gpu, unsigned>, Job> jobs;
  std::uint16_t mask(const FleetState& state, Gpu gpu) const {
    unsigned taken = 0;
    for (const auto& [at, job] : jobs) {
      if (at.first == gpu) taken |= state.shape(gpu).window_mask(at.second);
    }
    return static_cast<std::uint16_t>(taken);
  }
};

void expect_same(const FleetState& state, const NaiveFleet& naive) {
  std::uint64_t taken = 0;
  std::size_t members = 0;
  for (Group group = 0; group < state.groups(); ++group) {
    members += state.members(group).size();
    for (const Gpu gpu : state.members(group)) RC_ASSERT(state.group(gpu) == group);
  }
  RC_ASSERT(members == state.gpus());
  for (Gpu gpu = 0; gpu < state.gpus(); ++gpu) {
    const Shape& shape = state.shape(gpu);
    RC_ASSERT(shape.mask(state.layout(gpu)) == naive.mask(state, gpu));
    for (unsigned window = 0; window < shape.windows(); ++window) {
      const auto found = naive.jobs.find({gpu, window});
      RC_ASSERT(state.occupant(gpu, window) ==
                (found == naive.jobs.end() ? kNobody : found->second));
      if (found != naive.jobs.end()) taken += shape.window(window).at.size;
    }
  }
  RC_ASSERT(state.taken_units() == taken);
}

// Three products in one fleet: a request class is served by a class of each that has one.
RC_GTEST_PROP(FleetState, IsWhatANaiveModelSays, (std::uint32_t seed)) {
  const std::vector<std::uint8_t> small = {0, kNoClass, 1, kNoClass, 2, kNoClass};
  FleetState state({{shape_of("h100-sxm5-80gb"), 3, {0, 1, 2, 3, 4, 5}},
                    {shape_of("a30-24gb"), 2, small},
                    {shape_of("rtx-pro-6000-blackwell-96gb"), 2, small}});
  NaiveFleet naive;
  Random random(seed);
  for (Job job = 0; job < 60; ++job) {
    if (!naive.jobs.empty() && random.below(3) == 0) {
      auto leaving = naive.jobs.begin();
      std::advance(leaving, static_cast<std::ptrdiff_t>(random.below(naive.jobs.size())));
      const Choice at{leaving->first.first, static_cast<std::uint8_t>(leaving->first.second)};
      RC_ASSERT(state.release(at) == leaving->second);
      naive.jobs.erase(leaving);
    }
    const auto gpu = static_cast<Gpu>(random.below(state.gpus()));
    const auto window = static_cast<unsigned>(random.below(state.shape(gpu).windows()));
    const bool overlaps = (naive.mask(state, gpu) & state.shape(gpu).window_mask(window)) != 0;
    const Choice at{gpu, static_cast<std::uint8_t>(window)};
    RC_ASSERT(state.free(at) == !overlaps);
    if (overlaps) continue;
    state.place(at, job);
    naive.jobs[{gpu, window}] = job;
  }
  expect_same(state, naive);
}

TEST(FleetState, FillsFromTheFirstGpuOn) {
  const FleetState state({{shape_of("a30-24gb"), 5, {}}});
  EXPECT_EQ(state.members(0).back(), 0u);
  EXPECT_EQ(state.units(), 20u);
}

struct CountsMoves : FleetWatcher {
  void moved(Gpu, Group, Group, std::size_t from_left, std::size_t to_now) override {
    ++moves;
    left = from_left;
    now = to_now;
  }
  int moves = 0;
  std::size_t left = 0, now = 0;
};

TEST(FleetState, TellsItsWatchers) {
  FleetState state({{shape_of("a30-24gb"), 2, {}}});
  CountsMoves watcher;
  state.add_watcher(&watcher);
  state.place({0, 0}, 7);
  EXPECT_EQ(watcher.left, 1u);
  EXPECT_EQ(watcher.now, 1u);
  EXPECT_EQ(state.release({0, 0}), 7u);
  EXPECT_EQ(watcher.now, 2u);
  state.remove_watcher(&watcher);
  state.place({0, 0}, 7);
  EXPECT_EQ(watcher.moves, 2);
}

}  // namespace
}  // namespace septet::plan::online
