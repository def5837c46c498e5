// plan/online/room_search_test.cpp — against every (instance, target) there is, on small fleets.
#include "plan/online/room_search.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "base/random.h"

namespace septet::plan::online {
namespace {

std::shared_ptr<const Shape> shape_named(const char* product) {
  const mig::Geometry& geometry = mig::find_product(product)->geometry;
  return std::make_shared<Shape>(geometry, plain_profiles(geometry));
}

std::vector<unsigned> set_bits(std::uint64_t bits) {
  std::vector<unsigned> all;
  for (; bits != 0; bits &= bits - 1) all.push_back(static_cast<unsigned>(std::countr_zero(bits)));
  return all;
}

void fill_at_random(FleetState& state, Random& random, double share) {
  Job job = 0;
  for (Gpu gpu = 0; gpu < state.gpus(); ++gpu) {
    for (;;) {
      const auto open = set_bits(state.shape(gpu).fits(state.layout(gpu)));
      if (open.empty() || random.uniform() > share) break;
      state.place({gpu, static_cast<std::uint8_t>(open[random.below(open.size())])}, job++);
    }
  }
}

Worth worth_at_random(const FleetState& state, Random& random) {
  Worth worth;
  // Whole numbers, so that there are ties and sums are exact.
  for (Group group = 0; group < state.groups(); ++group)
    worth.of_group.push_back(static_cast<double>(random.below(40)));
  worth.of_request.assign(state.request_classes(), 8);
  return worth;
}

double total_worth(const FleetState& state, const Worth& worth) {
  double total = 0;
  for (Gpu gpu = 0; gpu < state.gpus(); ++gpu) total += worth.of_group[state.group(gpu)];
  return total;
}

// Calls `visit(from, to)` with every move of one instance inside its product.
template <typename Visit>
void each_move(const FleetState& state, const Visit& visit) {
  for (Gpu gpu = 0; gpu < state.gpus(); ++gpu) {
    const Shape& shape = state.shape(gpu);
    for (const unsigned held : set_bits(shape.held(state.layout(gpu)))) {
      for (Gpu other = 0; other < state.gpus(); ++other) {
        if (state.pool(other) != state.pool(gpu)) continue;
        for (const unsigned to : set_bits(shape.fits(state.layout(other), shape.window(held).cls)))
          visit(Choice{gpu, static_cast<std::uint8_t>(held)},
                Choice{other, static_cast<std::uint8_t>(to)});
      }
    }
  }
}

void make(FleetState& state, Choice from, Choice to) {
  const Job job = state.occupant(from.gpu, from.window);
  state.place(to, job);
  ASSERT_EQ(state.release(from), job);
}

// The best gain of a request placed after one move, over all moves and places.
std::optional<double> best_by_trying(FleetState& state, const Worth& worth, unsigned request) {
  std::vector<std::pair<Choice, Choice>> moves;
  each_move(state, [&](Choice from, Choice to) { moves.emplace_back(from, to); });
  const double before = total_worth(state, worth);
  std::optional<double> best;
  for (const auto& [from, to] : moves) {
    const Shape& shape = state.shape(from.gpu);
    const std::uint64_t free_before = shape.fits(state.layout(from.gpu));
    make(state, from, to);
    const unsigned cls = state.serving_class(state.pool(from.gpu), request);
    for (const unsigned window : set_bits(shape.fits(state.layout(from.gpu), cls) & ~free_before)) {
      const Choice at{from.gpu, static_cast<std::uint8_t>(window)};
      state.place(at, 9999);
      best = std::max(best.value_or(-1e9), total_worth(state, worth) - before);
      state.release(at);
    }
    make(state, to, from);
  }
  return best;
}

std::optional<double> best_tidying(FleetState& state, const Worth& worth) {
  std::vector<std::pair<Choice, Choice>> moves;
  each_move(state, [&](Choice from, Choice to) { moves.emplace_back(from, to); });
  const double before = total_worth(state, worth);
  std::optional<double> best;
  for (const auto& [from, to] : moves) {
    make(state, from, to);
    best = std::max(best.value_or(-1e9), total_worth(state, worth) - before);
    make(state, to, from);
  }
  return best;
}

TEST(RoomSearchTest, OneMoveIsTheBestOfAllThereAre) {
  const auto h100 = shape_named("h100-sxm5-80gb");
  const auto a30 = shape_named("a30-24gb");
  Random random(3);
  int found = 0, tidied = 0;
  for (int round = 0; round < 150; ++round) {
    FleetState state({{round % 3 == 0 ? a30 : h100, 1 + round % 4u, {}}});
    RoomSearch search(state);
    fill_at_random(state, random, 0.8);
    search.appraise(worth_at_random(state, random));
    for (unsigned request = 0; request < state.request_classes(); ++request) {
      const auto room = search.find(request, 1, 0.5);
      const auto best = best_by_trying(state, search.worth(), request);
      ASSERT_EQ(room.has_value(), best.has_value()) << round << " request " << request;
      if (!room) continue;
      ++found;
      EXPECT_EQ(room->moves.size(), 1u);
      EXPECT_DOUBLE_EQ(room->gain, *best) << round << " request " << request;
    }
    const auto best = best_tidying(state, search.worth());
    const auto tidier = search.tidier(0);
    ASSERT_EQ(tidier.has_value(), best && *best > 0) << round;
    if (!tidier) continue;
    ++tidied;
    EXPECT_DOUBLE_EQ(tidier->gain, *best) << round;
    const double before = total_worth(state, search.worth());
    make(state, tidier->move.from, tidier->move.to);
    EXPECT_DOUBLE_EQ(total_worth(state, search.worth()) - before, tidier->gain);
  }
  EXPECT_GT(found, 200);
  EXPECT_GT(tidied, 50);
}

// Every target is free at its turn (place() would stop the program otherwise), the request's place
// is free in the end, and the gain is what the fleet gains.
TEST(RoomSearchTest, SeveralMovesAreLegalInTheirOrderAndGainWhatIsSaid) {
  const auto h100 = shape_named("h100-sxm5-80gb");
  const auto a30 = shape_named("a30-24gb");
  Random random(4);
  int several = 0;
  for (int round = 0; round < 300; ++round) {
    FleetState state({{h100, 2 + round % 5u, {}}, {a30, 2, {0, 1, 1, kNoClass, kNoClass, 2}}});
    RoomSearch search(state);
    fill_at_random(state, random, 0.8);
    search.appraise(worth_at_random(state, random));
    for (unsigned request = 0; request < state.request_classes(); ++request) {
      const unsigned most = 1 + round % 4u;
      const auto room = search.find(request, most, 0);
      if (!room) continue;
      ASSERT_GE(room->moves.size(), 1u);
      ASSERT_LE(room->moves.size(), most);
      several += room->moves.size() > 1 ? 1 : 0;
      const double before = total_worth(state, search.worth());
      for (const Move& move : room->moves) {
        ASSERT_EQ(state.occupant(move.from.gpu, move.from.window), move.job);
        make(state, move.from, move.to);
      }
      ASSERT_TRUE(state.free(room->at));
      state.place(room->at, 9999);
      EXPECT_DOUBLE_EQ(total_worth(state, search.worth()) - before, room->gain);
      state.release(room->at);
    }
  }
  EXPECT_GT(several, 100);
}

TEST(RoomSearchTest, AWholeGpuForTheCostOfOneSmallMove) {
  const auto h100 = shape_named("h100-sxm5-80gb");
  FleetState state({{h100, 3, {}}});
  RoomSearch search(state);
  const auto at = [&](Gpu gpu, unsigned cls, unsigned nth) {
    const auto windows = set_bits(h100->windows_of(cls));
    return Choice{gpu, static_cast<std::uint8_t>(windows[nth])};
  };
  state.place(at(0, 5, 0), 1);                                       // 7g
  state.place(at(1, 0, 2), 2);                                       // a lone 1g
  for (unsigned i = 0; i < 3; ++i) state.place(at(2, 2, i), 3 + i);  // 2g 2g 2g, one unit pair left
  const auto room = search.find(5, 1, 0);
  ASSERT_TRUE(room.has_value());
  ASSERT_EQ(room->moves.size(), 1u);
  EXPECT_EQ(room->moves[0].job, 2u);
  EXPECT_EQ(room->moves[0].to.gpu, 2u);
  EXPECT_EQ(room->moves[0].units, 1u);
  EXPECT_EQ(room->at, at(1, 5, 0));
  EXPECT_FALSE(search.find(5, 0, 0).has_value());
}

TEST(RoomSearchTest, TheLeastMemoryMovesWhenNothingElseDecides) {
  const auto h100 = shape_named("h100-sxm5-80gb");
  FleetState state({{h100, 3, {}}});
  RoomSearch search(state);
  const auto window = [&](unsigned cls, unsigned nth) {
    return static_cast<std::uint8_t>(set_bits(h100->windows_of(cls))[nth]);
  };
  state.place({0, window(3, 0)},
              1);  // a 3g on one GPU, a 1g on the next, both could go to the third
  state.place({1, window(0, 0)}, 2);
  state.place({2, window(0, 0)}, 3);
  const auto room = search.find(5, 1, 0);
  ASSERT_TRUE(room.has_value());
  EXPECT_EQ(room->moves[0].units, 1u);
}

}  // namespace
}  // namespace septet::plan::online
