#include "metrics/free_space.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>

#include "mig/testing/every_geometry.h"
#include "publish/testing/cut_gpu.h"

namespace septet::metrics {
namespace {

using publish::testing::cut;
using publish::testing::whole_gpu;

struct SpaceCase {
  const char* name;
  std::vector<std::pair<const char*, std::uint8_t>> instances;
  unsigned free_slices, free_units, stranded_slices;
  std::uint16_t stranded_units;
  double fragmentation;
};

TEST(FreeSpace, CutsOfAnH100) {
  const SpaceCase cases[] = {
      {"one of the smallest", {{"1g.10gb", 0}}, 6, 7, 0, 0, -1},
      {"all of it", {{"7g.80gb", 0}}, 0, 0, 0, 0, 0},
      {"sevenths: the eighth memory unit is of no use",
       {{"1g.10gb", 0},
        {"1g.10gb", 1},
        {"1g.10gb", 2},
        {"1g.10gb", 3},
        {"1g.10gb", 4},
        {"1g.10gb", 5},
        {"1g.10gb", 6}},
       0,
       1,
       0,
       0x80,
       0},
      {"two halves: a compute slice without memory",
       {{"3g.40gb", 0}, {"3g.40gb", 4}},
       1,
       0,
       1,
       0,
       0},
      // Of three free slices and four units a 3g could be made; none starts at 3, and of the 2g
      // none either but at 2 and 4.
      {"a 1g in each half", {{"1g.10gb", 1}, {"1g.10gb", 5}}, 5, 6, 0, 0, -1},
  };
  for (const SpaceCase& row : cases) {
    mig::Gpu gpu = whole_gpu(0);
    gpu.mode = mig::MigMode::kOn;
    for (const auto& [profile, start] : row.instances) cut(gpu, profile, start);
    const auto space = free_space(gpu);
    ASSERT_TRUE(space) << row.name;
    EXPECT_EQ(space->free_slices, row.free_slices) << row.name;
    EXPECT_EQ(space->free_units, row.free_units) << row.name;
    EXPECT_EQ(space->stranded_slices, row.stranded_slices) << row.name;
    EXPECT_EQ(space->stranded_units, row.stranded_units) << row.name;
    if (row.fragmentation >= 0) {
      EXPECT_DOUBLE_EQ(space->fragmentation, row.fragmentation) << row.name;
    } else {
      EXPECT_GT(space->fragmentation, 0) << row.name;
      EXPECT_LT(space->fragmentation, 1) << row.name;
    }
  }
}

TEST(FreeSpace, AWorseCutIsMoreFragmented) {
  const auto of = [](std::uint8_t first, std::uint8_t second) {
    mig::Gpu gpu = whole_gpu(0);
    cut(gpu, "1g.10gb", first);
    cut(gpu, "1g.10gb", second);
    return free_space(gpu)->fragmentation;
  };
  EXPECT_GT(of(1, 5), of(0, 1)) << "the same two instances, one in each half";
}

TEST(FreeSpace, UnknownIsNotFree) {
  mig::Gpu off = whole_gpu(0);
  EXPECT_FALSE(free_space(off)) << "MIG off: nothing is in slices";
  mig::Gpu lost = whole_gpu(0);
  cut(lost, "1g.10gb", 0);
  lost.problem = "lost";
  EXPECT_FALSE(free_space(lost));
  mig::Gpu odd = whole_gpu(0);
  cut(odd, "1g.10gb", 0);
  odd.instances[0].at.start = 1;
  odd.instances[0].profile_id = 4711;
  EXPECT_FALSE(free_space(odd)) << "a profile nobody knows";
}

// What must hold on every layout of every product.
TEST(FreeSpaceSweep, EveryLayoutOfEveryGeometry) {
  for (const auto& named : mig::testing::every_geometry()) {
    const mig::Geometry& geometry = *named.geometry;
    const auto classic = [](const mig::GpuInstanceProfile& p) { return p.classic(); };
    mig::visit_layouts(geometry, classic, [&](const mig::Layout& layout) {
      const FreeSpace space = free_space(geometry, layout);
      const mig::Occupancy taken = layout.occupancy();
      ASSERT_GE(space.fragmentation, 0) << named.name << mig::to_string(layout);
      ASSERT_LE(space.fragmentation, 1) << named.name << mig::to_string(layout);
      ASSERT_EQ(space.stranded_units & taken.units, 0) << named.name << mig::to_string(layout);
      const bool any = std::ranges::any_of(space.fits, [](const ProfileFit& f) { return f.more; });
      if (!any) {
        ASSERT_EQ(static_cast<unsigned>(std::popcount(space.stranded_units)), space.free_units);
        ASSERT_EQ(space.stranded_slices, space.free_slices);
      }
      for (const ProfileFit& fit : space.fits)
        ASSERT_EQ(fit.more > 0, fit.starts != 0) << named.name << mig::to_string(layout);
      if (!layout.instances().empty()) return;
      ASSERT_DOUBLE_EQ(space.fragmentation, 0) << named.name << ": an empty GPU";
      ASSERT_EQ(space.stranded_slices, 0u) << named.name;
      ASSERT_EQ(space.stranded_units, 0) << named.name;
    });
  }
}

}  // namespace
}  // namespace septet::metrics
