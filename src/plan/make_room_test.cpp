// What has to stop or move, against a search that looks at every layout.
#include "plan/make_room.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "plan/cut.h"
#include "plan/testing/layout_as_gpu.h"

namespace septet::plan {
namespace {

using Profile = const mig::GpuInstanceProfile*;
using Cost = std::tuple<unsigned, unsigned, unsigned, unsigned>;

Cost cost_of(const std::vector<Disturbed>& disturbed) {
  unsigned stopped = 0, moved = 0, stopped_units = 0, moved_units = 0;
  for (const Disturbed& one : disturbed) {
    (one.to ? moved : stopped) += one.occupant.busy ? 1 : 0;
    (one.to ? moved_units : stopped_units) += one.occupant.instance.at.size;
  }
  return {stopped, moved, stopped_units, moved_units};
}

// The least with `to` as the GPU afterwards; nullopt: it does not hold the wishes. Of one profile,
// those in use stay before idle ones, and those whose place is in `to` before those that move.
std::optional<Cost> cost_with(const std::vector<Occupant>& held, const std::vector<Profile>& wishes,
                              const mig::Layout& to) {
  std::map<Profile, int> free;
  for (const mig::Instance& one : to.instances()) ++free[one.profile];
  for (const Profile wish : wishes) {
    if (--free[wish] < 0) return std::nullopt;
  }
  unsigned stopped = 0, moved = 0, stopped_units = 0, moved_units = 0;
  for (const auto& [busy, in_place] : {std::pair(true, true), std::pair(true, false),
                                       std::pair(false, true), std::pair(false, false)}) {
    for (const Occupant& occupant : held) {
      const bool there =
          std::ranges::find(to.instances(), occupant.instance) != to.instances().end();
      if (occupant.busy != busy || there != in_place) continue;
      const bool stays = free[occupant.instance.profile] > 0;
      if (stays) --free[occupant.instance.profile];
      const unsigned units = occupant.instance.at.size;
      if (!stays) stopped += busy ? 1 : 0;
      if (!stays) stopped_units += units;
      if (stays && !there) moved += busy ? 1 : 0;
      if (stays && !there) moved_units += units;
    }
  }
  return Cost{stopped, moved, stopped_units, moved_units};
}

TEST(MakeRoomSweep, EqualsASearchOfEveryLayout) {
  for (const char* id : {"a30-24gb", "a100-80gb"}) {
    const mig::Product& product = *mig::find_product(id);
    const auto plain = [](const mig::GpuInstanceProfile& profile) {
      return profile.media == mig::Media::kPlain && !profile.graphics;
    };
    const auto layouts = mig::layouts(product.geometry, plain, false);
    std::size_t asked = 0, disturbing = 0, hopeless = 0;
    for (std::size_t from = 0; from < layouts.size(); from += id[1] == '3' ? 1 : 7) {
      const mig::Gpu gpu = testing::layout_as_gpu(product, layouts[from], from * 37);
      const mig::Geometry& geometry = gpu.geometry->geometry;
      const auto held = occupants_of(gpu);
      for (const auto& a : geometry.profiles) {
        for (const auto& b : geometry.profiles) {
          if (!plain(a) || !plain(b) || &b < &a) continue;
          const std::vector<Profile> profiles =
              &a == &b ? std::vector<Profile>{&a} : std::vector<Profile>{&a, &b};
          std::optional<Cost> best;
          for (const mig::Layout& to : layouts) {
            // Rows of the product and of the GPU's geometry are the same rows.
            const auto cost = cost_with(held, profiles, to);
            if (cost && (!best || *cost < *best)) best = cost;
          }
          std::vector<Wish> wishes;
          for (const Profile profile : profiles) wishes.push_back({profile, {}});
          const auto room = make_room(geometry, held, wishes);
          ++asked;
          ASSERT_EQ(room.has_value(), best.has_value());
          if (!room) {
            ++hopeless;
            continue;
          }
          disturbing += room->empty() ? 0 : 1;
          ASSERT_EQ(cost_of(*room), *best)
              << to_string(cut_of(gpu)) << " + " << a.name << " " << b.name;
        }
      }
    }
    std::printf("%s: %zu wishes, %zu disturb somebody, %zu never fit\n", id, asked, disturbing,
                hopeless);
    EXPECT_GT(disturbing, 60u);
  }
}

TEST(MakeRoom, SaysWhoStopsAndWhoMoves) {
  const mig::Product& h100 = *mig::find_product("h100-sxm5-80gb");
  const auto& geometry = h100.geometry;
  const auto* const one = geometry.find_name("1g.10gb");
  const auto* const two = geometry.find_name("2g.20gb");
  const auto layout = mig::Layout::make(geometry, {{two, {0, 2}}, {one, {6, 1}}}).value();
  const mig::Gpu gpu = testing::layout_as_gpu(h100, layout, 0b10);
  const mig::Geometry& own = gpu.geometry->geometry;
  const auto room = make_room(own, occupants_of(gpu), {{own.find_name("4g.40gb"), 0}});
  ASSERT_TRUE(room);
  ASSERT_EQ(room->size(), 1u);
  EXPECT_EQ(to_string((*room)[0]), "move idle 2g.20gb from 0 to 4");
  const auto all = make_room(own, occupants_of(gpu), {{own.find_name("7g.80gb"), {}}});
  ASSERT_TRUE(all);
  ASSERT_EQ(all->size(), 2u);
  EXPECT_EQ(to_string((*all)[1]), "stop 1g.10gb at 6, in use by pid 4001 (job)");
  EXPECT_FALSE(make_room(own, occupants_of(gpu),
                         {{own.find_name("7g.80gb"), {}}, {own.find_name("1g.10gb"), {}}}));
}

}  // namespace
}  // namespace septet::plan
