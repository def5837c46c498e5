// The product tables, tested for what every reader of them relies on.
#include "mig/product.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <set>
#include <string>
#include <vector>

namespace septet::mig {
namespace {

std::vector<const Geometry*> geometries(const Product& product) {
  std::vector<const Geometry*> all = {&product.geometry};
  for (const OlderGeometry& older : product.older) all.push_back(&older.geometry);
  return all;
}

template <typename Visit>
void for_each_profile(const Visit& visit) {
  for (const Product& product : products())
    for (const Geometry* geometry : geometries(product))
      for (const GpuInstanceProfile& profile : geometry->profiles) {
        SCOPED_TRACE(std::string(product.id) + " " + std::string(profile.name));
        visit(product, *geometry, profile);
      }
}

TEST(Products, AreTwentyInOrderOfTheirNames) {
  ASSERT_EQ(products().size(), 20u);
  for (std::size_t i = 1; i < products().size(); ++i)
    EXPECT_LT(products()[i - 1].id, products()[i].id);
}

TEST(Products, AreFoundByIdInEitherSpelling) {
  for (const Product& product : products()) {
    std::string underscored(product.id);
    std::ranges::replace(underscored, '-', '_');
    EXPECT_EQ(find_product(product.id), &product);
    EXPECT_EQ(find_product(underscored), &product);
  }
  EXPECT_EQ(find_product("h100"), nullptr);
  EXPECT_EQ(find_product(""), nullptr);
}

TEST(Products, AreFoundByTheirBoards) {
  EXPECT_EQ(find_product_by_pci(0x233010DE), find_product("h100-sxm5-80gb"));
  EXPECT_EQ(find_product_by_pci(0), nullptr);
  EXPECT_EQ(find_product_by_pci(0x1DB410DE), nullptr);  // V100: no MIG
  EXPECT_EQ(find_product_by_board_name("A30"), find_product("a30-24gb"));
  EXPECT_EQ(find_product_by_board_name("nvidia h100 80gb hbm3"), find_product("h100-sxm5-80gb"));
  EXPECT_EQ(find_product_by_board_name("unknown"), nullptr);
  for (const Product& product : products())
    for (const Board& board : product.boards) {
      if (board.pci_device_id != 0) {
        EXPECT_EQ(find_product_by_pci(board.pci_device_id), &product) << board.name;
      }
      if (board.name != "unknown") {
        EXPECT_EQ(find_product_by_board_name(board.name), &product) << board.name;
      }
    }
}

TEST(Products, CanAllBeSimulated) {
  for (const Product& product : products()) {
    SCOPED_TRACE(product.id);
    ASSERT_FALSE(product.boards.empty());
    EXPECT_NE(product.boards.front().pci_device_id, 0u);
    EXPECT_NE(product.boards.front().name, "unknown");
    EXPECT_TRUE(parse_driver_version(product.default_driver).has_value());
    EXPECT_TRUE(product.total_sms.usable() && product.memory_total_mib.usable());
    EXPECT_TRUE(product.power_limit_w.usable() && product.power_idle_w.usable());
    EXPECT_LT(product.power_idle_w.value, product.power_limit_w.value);
    EXPECT_TRUE(product.sm_clock_mhz.usable() && product.memory_clock_mhz.usable());
    EXPECT_TRUE(product.bar1_mib.usable() && product.units_fact.usable());
    EXPECT_NE(product.cc_major, 0);
  }
  for_each_profile([](const Product&, const Geometry&, const GpuInstanceProfile& profile) {
    for (const Fact& fact :
         {profile.max, profile.memory_mib, profile.sm, profile.ce, profile.dec, profile.enc,
          profile.jpg, profile.ofa, profile.bar1_mib, profile.reserved_mib})
      EXPECT_TRUE(fact.usable());
    EXPECT_NE(profile.id_confidence, Confidence::kUnknown);
    EXPECT_NE(profile.enum_confidence, Confidence::kUnknown);
    EXPECT_NE(profile.placement_confidence, Confidence::kUnknown);
    for (const ComputeInstanceProfile& compute : profile.compute) {
      EXPECT_TRUE(compute.sm.usable() && compute.max.usable()) << compute.name;
      EXPECT_NE(compute.placement_confidence, Confidence::kUnknown) << compute.name;
    }
  });
}

TEST(Products, NameASourceForEveryRow) {
  for_each_profile([](const Product& product, const Geometry&, const GpuInstanceProfile& profile) {
    const auto known = [&](std::string_view keys) {
      return !keys.empty() && std::ranges::any_of(product.sources, [&](const Source& source) {
        return keys.starts_with(source.key);
      });
    };
    EXPECT_TRUE(known(profile.sources));
    for (const auto& compute : profile.compute) EXPECT_TRUE(known(compute.sources)) << compute.name;
  });
  for (const Product& product : products())
    for (const Source& source : product.sources) EXPECT_GT(source.text.size(), 10u) << source.key;
}

TEST(Products, SayHowTheirEstimatesWereMade) {
  for (const Product& product : products()) {
    EXPECT_EQ(product.bar1_mib.confidence == Confidence::kEstimated,
              !product.estimated_from.empty())
        << product.id;
  }
}

// Greedy from the left counts disjoint placements of one width exactly.
unsigned disjoint(const GpuInstanceProfile& profile) {
  unsigned count = 0, next = 0;
  for (unsigned start = 0; start < 16; ++start) {
    if (((profile.starts >> start) & 1u) == 0 || start < next) continue;
    ++count;
    next = start + profile.size;
  }
  return count;
}

TEST(Products, AllowAsManyInstancesAsTheirPlacementsHold) {
  for_each_profile([](const Product&, const Geometry& geometry, const GpuInstanceProfile& profile) {
    const bool once = profile.media == Media::kMe || profile.media == Media::kAllMe ||
                      geometry.one_compute_one_graphics;
    EXPECT_EQ(profile.max.value, once ? 1u : disjoint(profile));
    for (std::uint8_t start = 0; start < 16; ++start) {
      if (profile.allows({start, profile.size})) {
        EXPECT_LE(start + profile.size, geometry.units);
      }
    }
  });
}

TEST(Products, NumberInstancesWithoutCollision) {
  // Two instances that can live side by side never share a GPU instance id, on either chip layout.
  for (const Product& product : products())
    for (const Geometry* geometry : geometries(product))
      for (const GpuInstanceProfile& a : geometry->profiles)
        for (const GpuInstanceProfile& b : geometry->profiles)
          for (std::uint8_t i = 0; i < 12; ++i)
            for (std::uint8_t j = 0; j < 12; ++j) {
              const Placement at{i, a.size}, other{j, b.size};
              if (!a.allows(at) || !b.allows(other) || at.overlaps(other)) continue;
              EXPECT_NE(a.gi_id_normal[i], b.gi_id_normal[j]) << product.id << a.name << b.name;
              EXPECT_NE(a.gi_id_rotated[i], b.gi_id_rotated[j]) << product.id << a.name << b.name;
            }
}

TEST(Products, NumberInstancesOnlyAtTheirStarts) {
  for_each_profile([](const Product&, const Geometry&, const GpuInstanceProfile& profile) {
    for (std::uint8_t start = 0; start < 12; ++start) {
      const bool is_start = profile.allows({start, profile.size});
      EXPECT_EQ(profile.gi_id_normal[start] != 0xff, is_start);
      EXPECT_EQ(profile.gi_id_rotated[start] != 0xff, is_start);
      if (is_start) {
        EXPECT_LE(profile.gi_id_normal[start], 14);
      }
    }
  });
}

TEST(Products, NumberSevenSliceBoardsAsRecorded) {
  const Geometry& h100 = find_product("h100-sxm5-80gb")->geometry;
  const auto ids = [&](std::string_view name, bool rotated) {
    const GpuInstanceProfile& profile = *h100.find_name(name);
    std::vector<int> list;
    for (const std::uint8_t id : rotated ? profile.gi_id_rotated : profile.gi_id_normal)
      if (id != 0xff) list.push_back(id);
    return list;
  };
  EXPECT_EQ(ids("1g.10gb", false), (std::vector{7, 8, 9, 10, 11, 12, 13}));
  EXPECT_EQ(ids("1g.10gb", true), (std::vector{11, 12, 13, 14, 7, 8, 9}));
  EXPECT_EQ(ids("2g.20gb", true), (std::vector{5, 6, 3}));
  EXPECT_EQ(ids("1g.20gb", false), (std::vector{3, 4, 5, 6}));
  EXPECT_EQ(ids("3g.40gb", false), (std::vector{1, 2}));
  EXPECT_EQ(ids("3g.40gb", true), (std::vector{2, 1}));
  EXPECT_EQ(ids("4g.40gb", true), (std::vector{2}));
  EXPECT_EQ(ids("7g.80gb", true), (std::vector{0}));
}

TEST(Products, NumberThorByItsUnevenSplit) {
  const Geometry& thor = find_product("thor-igpu")->geometry;
  EXPECT_TRUE(thor.one_compute_one_graphics);
  EXPECT_EQ(thor.find_name("1g.0gb")->gi_id_normal[2], 2);
  EXPECT_EQ(thor.find_name("2g.0gb+gfx")->gi_id_rotated[0], 1);
  EXPECT_EQ(thor.find_name("3g.0gb")->gi_id_normal[0], 0);
}

TEST(Products, GiveEveryInstanceOneDefaultComputeInstanceThatFillsIt) {
  for_each_profile([](const Product&, const Geometry&, const GpuInstanceProfile& profile) {
    const auto* standard = profile.default_compute();
    ASSERT_NE(standard, nullptr);
    EXPECT_EQ(standard->name, profile.name);
    EXPECT_EQ(standard->slices, profile.slices);
    EXPECT_EQ(standard->sm.value, profile.sm.value);
    EXPECT_EQ(std::ranges::count(profile.compute, true, &ComputeInstanceProfile::is_default), 1);
    for (const ComputeInstanceProfile& compute : profile.compute) {
      EXPECT_EQ(profile.find_compute(compute.id), &compute);
      EXPECT_LE(compute.max.value, static_cast<unsigned>(std::popcount(compute.starts)));
      EXPECT_LE(compute.sm.value, profile.sm.value);
    }
  });
}

TEST(Products, GiveDoubleMemoryOnHopperItsOwnComputeProfile) {
  const auto* h100 = find_product("h100-sxm5-80gb")->geometry.find_name("1g.20gb");
  EXPECT_EQ(h100->default_compute()->id, 7);
  EXPECT_EQ(h100->find_compute(0)->sm.value, 16u);
  const auto* a100 = find_product("a100-80gb")->geometry.find_name("1g.20gb");
  EXPECT_EQ(a100->default_compute()->id, 0);
  EXPECT_EQ(a100->find_compute(7), nullptr);
}

TEST(Products, NeverHoldMoreThanTheBoard) {
  for_each_profile(
      [](const Product& product, const Geometry& geometry, const GpuInstanceProfile& profile) {
        EXPECT_LE(profile.memory_mib.value * profile.max.value, product.memory_total_mib.value);
        EXPECT_LE(profile.sm.value * profile.max.value, product.total_sms.value);
        EXPECT_LE(profile.slices * profile.max.value, geometry.slices);
      });
}

TEST(GeometryAt, FollowsTheDriver) {
  const Product& a100 = *find_product("a100-40gb");
  const auto profiles = [&](unsigned major) { return a100.geometry_at({major, 0, 0}).profiles; };
  EXPECT_EQ(profiles(550).size(), 7u);
  EXPECT_EQ(profiles(525).size(), 7u);
  EXPECT_EQ(profiles(470).size(), 6u);
  EXPECT_EQ(profiles(460).size(), 5u);
  EXPECT_EQ(gib_text(a100.geometry_at({470, 57, 2}).find_id(14)->memory_mib.value), "9.75");
  EXPECT_EQ(gib_text(a100.geometry_at({470, 57, 2}).find_id(0)->memory_mib.value), "39.50");

  const Product& a30 = *find_product("a30-24gb");
  EXPECT_EQ(a30.geometry_at({460, 0, 0}).units, 8);
  EXPECT_EQ(a30.geometry_at({460, 0, 0}).find_id(14)->starts, 0b1'0001);
  EXPECT_EQ(a30.geometry_at({470, 0, 0}).find_name("2g.12gb+me"), nullptr);
  EXPECT_EQ(a30.geometry_at({535, 0, 0}).units, 4);
}

TEST(GeometryLookup, AnswersNothingForStrangers) {
  const Geometry& h100 = find_product("h100-sxm5-80gb")->geometry;
  EXPECT_EQ(h100.find_id(9)->name, "3g.40gb");
  EXPECT_EQ(h100.find_enum(2)->name, "3g.40gb");
  EXPECT_EQ(h100.find_id(77), nullptr);
  EXPECT_EQ(h100.find_enum(6), nullptr);
  EXPECT_EQ(h100.find_name("3g.20gb"), nullptr);
}

TEST(Classic, LeavesOutMediaGraphicsAndDoubleMemory) {
  const auto classic = [](std::string_view product) {
    std::set<std::string_view> names;
    for (const auto& profile : find_product(product)->geometry.profiles)
      if (profile.classic()) names.insert(profile.name);
    return names;
  };
  EXPECT_EQ(classic("h100-sxm5-80gb"),
            (std::set<std::string_view>{"1g.10gb", "2g.20gb", "3g.40gb", "4g.40gb", "7g.80gb"}));
  EXPECT_EQ(classic("a30-24gb"), (std::set<std::string_view>{"1g.6gb", "2g.12gb", "4g.24gb"}));
  EXPECT_EQ(classic("rtx-pro-6000-blackwell-96gb"),
            (std::set<std::string_view>{"1g.24gb", "2g.48gb", "4g.96gb"}));
}

TEST(GibText, RoundsAsTheDriversTablesDo) {
  EXPECT_EQ(gib_text(9856), "9.62");
  EXPECT_EQ(gib_text(47488), "46.38");
  EXPECT_EQ(gib_text(11968), "11.69");
  EXPECT_EQ(gib_text(0), "0.00");
}

}  // namespace
}  // namespace septet::mig
