#include "plan/online/room_value.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <optional>

#include "plan/online/tuned_value.h"

namespace septet::plan::online {
namespace {

std::vector<Pool> a30(std::uint32_t gpus) {
  const mig::Geometry& geometry = mig::find_product("a30-24gb")->geometry;
  return {{std::make_shared<const Shape>(geometry, plain_profiles(geometry)), gpus, {}}};
}

using Matrix = std::vector<std::vector<double>>;

std::vector<double> solve(Matrix a) {  // rows with their right-hand side last
  const std::size_t n = a.size();
  for (std::size_t column = 0; column < n; ++column) {
    std::size_t pivot = column;
    for (std::size_t row = column; row < n; ++row) {
      if (std::abs(a[row][column]) > std::abs(a[pivot][column])) pivot = row;
    }
    std::swap(a[column], a[pivot]);
    for (std::size_t row = 0; row < n; ++row) {
      if (row == column) continue;
      const double factor = a[row][column] / a[column][column];
      for (std::size_t k = column; k <= n; ++k) a[row][k] -= factor * a[column][k];
    }
  }
  std::vector<double> x;
  for (std::size_t row = 0; row < n; ++row) x.push_back(a[row][n] / a[row][row]);
  return x;
}

struct Taken {
  unsigned to = 0;
  double worth = 0;  // of the request, less what those are worth that have to leave for it
};

// Everything a request may do to a layout: its free windows, or, when there is none, those that at
// most `moved_out` instances are in the way of.
std::vector<Taken> ways(const Shape& shape, Shape::Layout layout, unsigned cls,
                        const std::vector<double>& worth, unsigned moved_out) {
  std::vector<Taken> free, made;
  for (unsigned w = 0; w < shape.windows(); ++w) {
    if (shape.window(w).cls != cls) continue;
    Taken one{0, worth[cls]};
    Shape::Layout rest = layout;
    unsigned out = 0;
    for (unsigned other = 0; other < shape.windows(); ++other) {
      if (((shape.held(layout) >> other) & 1u) == 0) continue;
      if ((shape.window_mask(other) & shape.window_mask(w)) == 0) continue;
      rest = shape.removed(rest, other);
      one.worth -= worth[shape.window(other).cls];
      ++out;
    }
    if (out > moved_out || shape.added(rest, w) == Shape::kNone) continue;
    one.to = shape.added(rest, w);
    (out == 0 ? free : made).push_back(one);
  }
  return free.empty() ? made : free;
}

// The average-reward process of one A30 by policy iteration with exact linear algebra: unknowns
// h(1) .. h(n - 1) and, in the place of h(0) = 0, the gain.
std::vector<double> exact_value(const Shape& shape, const std::vector<double>& come,
                                const std::vector<double>& worth, unsigned moved_out) {
  const unsigned n = shape.layouts();
  std::vector<double> h(n, 0);
  for (int round = 0; round < 50; ++round) {
    Matrix a(n, std::vector<double>(n + 1, 0));
    const auto flow = [&](unsigned from, unsigned to, double rate, double reward) {
      if (to != 0) a[from][to] += rate;
      if (from != 0) a[from][from] -= rate;
      a[from][n] -= rate * reward;
    };
    for (unsigned l = 0; l < n; ++l) {
      const auto layout = static_cast<Shape::Layout>(l);
      a[l][0] = -1;  // the gain
      for (unsigned w = 0; w < shape.windows(); ++w) {
        if (shape.removed(layout, w) != Shape::kNone) flow(l, shape.removed(layout, w), 1, 0);
      }
      for (unsigned cls = 0; cls < shape.classes(); ++cls) {
        std::optional<Taken> best;
        for (const Taken& way : ways(shape, layout, cls, worth, moved_out)) {
          if (!best || h[way.to] + way.worth > h[best->to] + best->worth + 1e-12) best = way;
        }
        if (best && best->worth + h[best->to] > h[l]) flow(l, best->to, come[cls], best->worth);
      }
    }
    std::vector<double> next = solve(a);
    next[0] = 0;
    double change = 0;
    for (unsigned l = 0; l < n; ++l) change = std::max(change, std::abs(next[l] - h[l]));
    h = next;
    if (change < 1e-10) break;
  }
  return h;
}

// So much arrives that every class is paid its worth: then the prices stand still, and what is left
// is the decision process itself.
TEST(RoomValue, IsTheExactValueOfOneA30) {
  const std::vector<Pool> pools = a30(10);
  ValueTuning tuning;
  tuning.contacts = 2;
  tuning.power = 1;
  tuning.blur = 1e-6;
  tuning.sweeps = 4000;
  const RoomValue found =
      room_value(pools, {{80, 50, 40}, {{1, 1, 1}}}, tuning);  // offered load 8.5
  for (const double price : found.price) EXPECT_GT(price, 0.99);
  EXPECT_EQ(found.price[2], 4);
  EXPECT_EQ(found.move_price, 0);
  const std::vector<double> exact = exact_value(*pools[0].shape, {16, 10, 8}, {1, 2, 4}, 0);
  for (unsigned layout = 0; layout < pools[0].shape->layouts(); ++layout)
    EXPECT_NEAR(found.value[layout], exact[layout], 1e-6) << layout;
}

// The same with moves, as many as one likes: they cost nothing then but what the moved are worth.
TEST(RoomValue, IsTheExactValueOfOneA30WithMoves) {
  const std::vector<Pool> pools = a30(10);
  ValueTuning tuning;
  tuning.contacts = 2;
  tuning.blur = 1e-6;
  tuning.sweeps = 4000;
  tuning.move_share = 1e9;
  for (const unsigned moved_out : {1u, 2u}) {
    tuning.moved_out = moved_out;
    const RoomValue found = room_value(pools, {{80, 50, 40}, {{1, 1, 1}}}, tuning);
    for (unsigned r = 0; r < 3; ++r) ASSERT_NEAR(found.price[r], std::pow(2.0, r), 1e-9);
    EXPECT_EQ(found.move_price, 0);
    const auto exact = exact_value(*pools[0].shape, {16, 10, 8}, {1, 2, 4}, moved_out);
    for (unsigned layout = 0; layout < pools[0].shape->layouts(); ++layout)
      EXPECT_NEAR(found.value[layout], exact[layout], 1e-5) << layout;
  }
}

// What one small instance keeps from being empty loses less when it can be moved, and scarce moves
// have a price.
TEST(RoomValue, MovesMakeAnAlmostEmptyGpuWorthMore) {
  const mig::Geometry& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
  const std::vector<Pool> pools = {
      {std::make_shared<const Shape>(geometry, plain_profiles(geometry)), 100, {}}};
  const std::vector<double> rate(6, 0.0381);  // load 1.0
  const Traffic traffic{rate, {std::vector<double>(6, 0.001)}};
  ValueTuning tuning;
  const RoomValue without = room_value(pools, traffic, tuning);
  const Shape& shape = *pools[0].shape;
  const Shape::Layout lone =
      shape.added(0, static_cast<unsigned>(std::countr_zero(shape.fits(0, 0))));
  double before = without.value[lone];
  double dearer = 1e9;
  for (const double share : {0.01, 0.05, 0.25}) {
    tuning.moved_out = 2;
    tuning.move_share = share;
    const RoomValue with = room_value(pools, traffic, tuning);
    EXPECT_GT(with.value[lone], before) << share;  // an empty GPU is worth 0
    EXPECT_LT(with.move_price, dearer) << share;
    before = with.value[lone];
    dearer = with.move_price;
  }
}

// A class of which more would be taken than arrives is paid so little that it is not; where room is
// plenty it is paid nothing.
TEST(RoomValue, PricesHoldWhatIsTakenToWhatArrives) {
  for (const double busy : {1.0, 2.0, 2.6}) {
    const RoomValue found =
        room_value(a30(100), {{40 * busy, 30 * busy, 20 * busy}, {{1, 1, 1}}}, {});
    for (unsigned r = 0; r < 3; ++r) {
      EXPECT_LE(found.price[r], std::pow(2.0, r) + 1e-9);
      if (found.price[r] > 0.05) {
        EXPECT_LE(found.taken[r], 1.05) << busy << " class " << r;
      }
    }
    if (busy == 1.0) {
      EXPECT_LT(found.price[0], 0.05);
    } else if (busy == 2.6) {
      EXPECT_GT(found.price[2], 1);
    }
  }
}

// A search that begins where another ended finds what one of its own finds.
TEST(RoomValue, OneAfterTheOtherIsEachAlone) {
  const Traffic traffic{{100, 80, 50}, {{1, 1, 1}}};
  std::vector<ValueTuning> tunings(3);
  tunings[0].power = 0.7;
  tunings[2].contacts = 15;
  for (ValueTuning& tuning : tunings) tuning.sweeps = 4000;
  const std::vector<RoomValue> row = room_values(a30(50), traffic, tunings);
  ASSERT_EQ(row.size(), tunings.size());
  EXPECT_EQ(row[0].value, room_value(a30(50), traffic, tunings[0]).value);
  for (std::size_t i = 1; i < row.size(); ++i) {
    const RoomValue alone = room_value(a30(50), traffic, tunings[i]);
    for (std::size_t layout = 0; layout < alone.value.size(); ++layout)
      EXPECT_NEAR(row[i].value[layout], alone.value[layout], 0.01) << i << " " << layout;
  }
}

TEST(RoomValue, OfferedLoadIsUnitsOverUnits) {
  EXPECT_NEAR(offered_load(a30(100), {{40, 30, 20}, {{1, 1, 1}}}), 180.0 / 400, 1e-12);
  EXPECT_NEAR(offered_load(a30(100), {{40, 30, 20}, {{.5, .5, .5}}}), 360.0 / 400, 1e-12);
}

TEST(TunedValue, IsTheSameEveryTimeAndNoWorseThanItsParts) {
  const std::vector<Pool> pools = a30(50);
  const Traffic traffic{{60, 30, 25}, {{1, 1, 1}}};
  const TuningEffort effort{2000, 6000, 9};
  const TunedValue tuned = tuned_value(pools, traffic, effort);
  EXPECT_EQ(tuned.kept, tuned_value(pools, traffic, effort).kept);
  const RoomValue plain = room_value(pools, traffic, {});
  EXPECT_GE(
      tuned.rehearsed + 0.01,
      rehearse(pools, traffic, loss_of_value(pools, plain.value, plain.value), {6000, 1000, 9}));
}

// Two products: a job's life depends on where it went, and leaves the GPU it is on.
TEST(Rehearse, AFleetOfTwoProductsAcceptsAllWhenItIsLarge) {
  std::vector<Pool> pools = a30(400);
  pools.push_back(pools.front());
  const Traffic traffic{{60, 40, 30}, {{1, 1, 1}, {2, 2, 2}}};
  const std::vector<double> flat(pools[0].shape->layouts() * 2, 0.0);
  const Loss loss = loss_of_value(pools, flat, flat);
  EXPECT_EQ(rehearse(pools, traffic, loss, {5000, 1000, 3}), 1.0);
  for (Pool& pool : pools) pool.gpus = 20;
  const double some = rehearse(pools, traffic, loss, {5000, 1000, 3});
  EXPECT_GT(some, 0.5);
  EXPECT_LT(some, 1.0);
  const Rehearsals both(pools, traffic, {9000, 1000, 3});
  EXPECT_EQ(both.accepted(loss, 5000), some) << "the first requests are the same";
}

TEST(Rehearse, MovesLetMoreIn) {
  const mig::Geometry& geometry = mig::find_product("h100-sxm5-80gb")->geometry;
  const std::vector<Pool> pools = {
      {std::make_shared<const Shape>(geometry, plain_profiles(geometry)), 100, {}}};
  const Traffic traffic{std::vector<double>(6, 38.1), {std::vector<double>(6, 1)}};  // load 1.0
  const std::vector<double> value = room_value(pools, traffic, {}).value;
  const Loss loss = loss_of_value(pools, value, value);
  const double alone = rehearse(pools, traffic, loss, {20'000, 1000, 3});
  const double beside = rehearse(pools, traffic, loss, {20'000, 1000, 3, 0.05});
  EXPECT_GT(beside, alone + 0.01);
  EXPECT_LT(beside, 1);
}

TEST(TunedValue, BesideMovesItLeansOnThem) {
  const std::vector<Pool> pools = a30(50);
  const Traffic traffic{{60, 30, 25}, {{1, 1, 1}}};
  TuningEffort effort{2000, 6000, 9};
  const TunedValue alone = tuned_value(pools, traffic, effort);
  effort.move_share = 0.05;
  const TunedValue beside = tuned_value(pools, traffic, effort);
  EXPECT_EQ(beside.from, alone.from + ", half by what moves allow");
  EXPECT_NE(beside.kept, alone.kept);
}

}  // namespace
}  // namespace septet::plan::online
