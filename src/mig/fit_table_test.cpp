#include "mig/fit_table.h"

#include <gtest/gtest.h>

#include "mig/testing/every_geometry.h"

namespace septet::mig {
namespace {

using testing::every_geometry;

TEST(FitTable, holds_every_start_of_every_profile_once) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    const FitTable table(*geometry);
    std::size_t pairs = 0;
    for (const GpuInstanceProfile& profile : geometry->profiles) {
      for (std::uint8_t start = 0; start < 16; ++start)
        pairs += profile.allows({start, profile.size}) ? 1 : 0;
    }
    EXPECT_EQ(table.pairs().size(), pairs) << name;
    EXPECT_LE(pairs, 64u) << name;
  }
}

TEST(FitTable, equals_may_add_for_every_layout_of_every_product) {
  std::size_t probes = 0;
  for (const auto& [name, product, geometry] : every_geometry()) {
    const FitTable table(*geometry);
    visit_layouts(*geometry, testing::any_profile, [&](const Layout& layout) {
      const Occupancy taken = layout.occupancy();
      for (unsigned i = 0; i < table.pairs().size(); ++i) {
        const auto& [profile, at] = table.pairs()[i];
        const bool may = may_add(*geometry, taken, *profile, at) == Refusal::kNone;
        ASSERT_EQ(table.free(taken, i), may)
            << name << ": " << to_string(Instance{profile, at}) << " into " << to_string(layout);
        ++probes;
      }
    });
  }
  EXPECT_GT(probes, 100'000u);
}

TEST(FitTable, a_bit_beyond_the_pairs_is_never_set) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    const FitTable table(*geometry);
    if (table.pairs().size() == 64) continue;
    for (unsigned units = 0; units < 1u << geometry->units; ++units) {
      Occupancy taken;
      taken.units = static_cast<std::uint16_t>(units);
      ASSERT_EQ(table.fits(taken) >> table.pairs().size(), 0u) << name;
    }
  }
}

}  // namespace
}  // namespace septet::mig
