// Wishes that leave the profile open, against a search that looks at every layout.
#include "plan/place_open.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <tuple>

#include "plan/diff.h"
#include "plan/testing/layout_as_gpu.h"

namespace septet::plan {
namespace {

using Profiles = std::vector<const mig::GpuInstanceProfile*>;

Profiles at_least(const mig::Geometry& geometry, unsigned slices, unsigned units) {
  Profiles found;
  for (const auto& profile : geometry.profiles) {
    if (profile.media == mig::Media::kPlain && !profile.graphics && profile.slices >= slices &&
        profile.size >= units)
      found.push_back(&profile);
  }
  std::ranges::stable_sort(
      found, {}, [](const auto* profile) { return std::pair(profile->size, profile->slices); });
  return found;
}

// In use and kept, units in place, steps saved, smallness, room: the order place() promises.
using Score = std::tuple<unsigned, unsigned, unsigned, int, int, unsigned>;

Score score(const mig::Geometry& geometry, const mig::Layout& from, std::size_t busy,
            const mig::Layout& to) {
  unsigned kept_busy = 0, units = 0, kept = 0;
  for (std::size_t i = 0; i < from.instances().size(); ++i) {
    if (std::ranges::find(to.instances(), from.instances()[i]) == to.instances().end()) continue;
    kept_busy += static_cast<unsigned>((busy >> i) & 1u);
    units += from.instances()[i].at.size;
    ++kept;
  }
  int size = 0, slices = 0;
  for (const mig::Instance& one : to.instances()) {
    size -= one.profile->size;
    slices -= one.profile->slices;
  }
  return {kept_busy, units, kept, size, slices, room_left(geometry, to)};
}

mig::Layout layout_of(const mig::Geometry& geometry, const GpuCut& cut) {
  std::vector<mig::Instance> instances;
  for (const InstanceCut& one : cut.instances)
    instances.push_back({geometry.find_id(one.profile_id), one.at});
  return mig::Layout::make(geometry, std::move(instances)).value();
}

// Is there a layout instance of its own for every open one?
bool serves(const mig::Layout& layout, const std::vector<OpenInstance>& open) {
  std::vector<bool> taken(layout.instances().size(), false);
  const std::function<bool(std::size_t)> match = [&](std::size_t next) {
    if (next == open.size()) return true;
    for (std::size_t i = 0; i < taken.size(); ++i) {
      const mig::Instance& one = layout.instances()[i];
      const auto& any = open[next].one_of;
      if (taken[i] || std::ranges::find(any, one.profile) == any.end()) continue;
      if (open[next].start && *open[next].start != one.at.start) continue;
      taken[i] = true;
      if (match(next + 1)) return true;
      taken[i] = false;
    }
    return false;
  };
  return layout.instances().size() == open.size() && match(0);
}

std::vector<std::vector<OpenInstance>> wishes_for(const mig::Geometry& geometry) {
  const OpenInstance any{at_least(geometry, 1, 1), {}}, wide{at_least(geometry, 2, 1), {}},
      deep{at_least(geometry, 1, 2), {}}, first{at_least(geometry, 2, 2), std::uint8_t{0}},
      most{at_least(geometry, 3, 1), {}};
  return {{any},
          {wide},
          {deep},
          {first},
          {most, most},
          {deep, any},
          {wide, wide},
          {first, deep},
          {any, any, most},
          {wide, deep, any},
          {deep, deep, deep, deep},
          {most, wide, wide, any, any},
          {any, any, any, any, any, any, any}};
}

TEST(PlaceOpenSweep, EqualsASearchOfEveryLayout) {
  for (const char* id : {"a30-24gb", "a100-80gb"}) {
    const mig::Product& product = *mig::find_product(id);
    const auto plain = [](const mig::GpuInstanceProfile& profile) {
      return profile.media == mig::Media::kPlain && !profile.graphics;
    };
    const auto layouts = mig::layouts(product.geometry, plain, false);
    std::size_t pairs = 0, infeasible = 0;
    for (std::size_t from = 0; from < layouts.size(); from += id[1] == '3' ? 1 : 5) {
      const std::size_t busy = from * 37;
      const mig::Gpu gpu = testing::layout_as_gpu(product, layouts[from], busy);
      const mig::Geometry& geometry = gpu.geometry->geometry;
      for (const auto& open : wishes_for(geometry)) {
        std::optional<Score> best;
        for (const mig::Layout& to : layouts) {
          if (!serves(to, open)) continue;
          best = std::max(best, std::optional(score(geometry, layouts[from], busy, to)));
        }
        Wanted wanted;
        wanted.open = open;
        const auto cut = place(gpu, wanted);
        ++pairs;
        ASSERT_EQ(cut.has_value(), best.has_value());
        if (!cut) {
          ++infeasible;
          continue;
        }
        const mig::Layout made = layout_of(geometry, *cut);
        ASSERT_TRUE(serves(made, open)) << to_string(*cut);
        ASSERT_EQ(score(geometry, layouts[from], busy, made), *best)
            << to_string(cut_of(gpu)) << " -> " << to_string(*cut);
      }
    }
    std::printf("%s: %zu pairs, %zu without room\n", id, pairs, infeasible);
    EXPECT_GT(pairs, 300u);
  }
}

TEST(PlaceOpen, TheSmallestWhereNothingIsThere) {
  const mig::Product& h100 = *mig::find_product("h100-sxm5-80gb");
  const mig::Gpu gpu = testing::layout_as_gpu(h100, {});
  Wanted wanted;
  wanted.open = {{at_least(gpu.geometry->geometry, 1, 2), {}},
                 {at_least(gpu.geometry->geometry, 3, 1), {}}};
  const auto cut = place(gpu, wanted);
  ASSERT_TRUE(cut) << cut.error().describe();
  EXPECT_EQ(cut->instances.size(), 2u);
  EXPECT_NE(to_string(*cut).find("1g.20gb"), std::string::npos) << to_string(*cut);
  EXPECT_NE(to_string(*cut).find("3g.40gb"), std::string::npos) << to_string(*cut);
}

}  // namespace
}  // namespace septet::plan
