#include "mig/default_placement.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "mig/identity.h"
#include "mig/testing/every_geometry.h"

namespace septet::mig {
namespace {

using testing::every_geometry;
using testing::seven_slices;

// A copy of `geometry` without some profiles: what drivers before those profiles showed.
struct Reduced {
  std::vector<GpuInstanceProfile> rows;
  Geometry geometry;
};

Reduced without(const Geometry& geometry, const std::vector<std::uint32_t>& ids) {
  Reduced reduced{{}, geometry};
  for (const GpuInstanceProfile& profile : geometry.profiles) {
    if (std::ranges::find(ids, profile.id) == ids.end()) reduced.rows.push_back(profile);
  }
  reduced.geometry.profiles = reduced.rows;
  return reduced;
}

// GI ids of a list of creates; -1 where the driver refuses.
std::vector<int> created_ids(const Geometry& geometry, ChipLayout chip,
                             const std::vector<std::uint32_t>& ids) {
  std::vector<const GpuInstanceProfile*> requests;
  for (const std::uint32_t id : ids) requests.push_back(geometry.find_id(id));
  std::vector<int> created;
  const auto placed = default_sequence(geometry, {}, requests);
  for (std::size_t i = 0; i < placed.size(); ++i) {
    created.push_back(
        placed[i] ? static_cast<int>(*gpu_instance_id(*requests[i], placed[i]->start, chip)) : -1);
  }
  return created;
}

struct Recorded {
  const char* where;
  ChipLayout chip;
  std::vector<std::uint32_t> profile_ids;
  std::vector<int> gpu_instance_ids;
};

constexpr auto kNormal = ChipLayout::kNormal;
constexpr auto kRotated = ChipLayout::kRotated;

// Transcripts of nvidia-smi mig -cgi on 7-slice boards (rules R1, R2).
const std::vector<Recorded> kSevenSlices = {
    {"H100, seven 1g", kNormal, {19, 19, 19, 19, 19, 19, 19}, {13, 11, 12, 7, 8, 9, 10}},
    {"A100 40GB, 1g 2g 4g", kNormal, {19, 14, 5}, {13, 5, 1}},
    {"A100 40GB, 1g 1g 2g, then no 3g", kNormal, {19, 19, 14, 9}, {13, 11, 3, -1}},
    {"A100, 3g 3g", kNormal, {9, 9}, {2, 1}},
    {"A100, 1g 3g", kNormal, {19, 9}, {13, 1}},
    {"H100, double-memory 1g", kNormal, {15}, {5}},
    {"three double-memory 1g", kNormal, {15, 15, 15}, {5, 3, 4}},
    {"A100, 3g 3g, then no 1g", kNormal, {9, 9, 19}, {2, 1, -1}},
    {"rotated, seven 1g", kRotated, {19, 19, 19, 19, 19, 19, 19}, {9, 7, 8, 11, 12, 13, 14}},
    {"rotated, 3g 3g", kRotated, {9, 9}, {1, 2}},
    {"rotated, 3g 4g", kRotated, {9, 5}, {1, 2}},
    {"rotated, 4g", kRotated, {5}, {2}},
    {"rotated, 4g 2g 1g", kRotated, {5, 14, 19}, {2, 3, 9}},
};

bool offers_all(const Geometry& geometry, const std::vector<std::uint32_t>& ids) {
  return std::ranges::all_of(ids,
                             [&](std::uint32_t id) { return geometry.find_id(id) != nullptr; });
}

TEST(DefaultPlacement, reproduces_every_recorded_sequence_on_every_seven_slice_board) {
  std::size_t checked = 0;
  for (const auto& [name, product, geometry] : every_geometry()) {
    if (!seven_slices(*geometry) || geometry->profiles.size() < 5) continue;
    const Reduced before_525 = without(*geometry, {15, 20});
    for (const Geometry* offered : {geometry, &before_525.geometry}) {
      for (const Recorded& row : kSevenSlices) {
        if (!offers_all(*offered, row.profile_ids)) continue;
        EXPECT_EQ(created_ids(*offered, row.chip, row.profile_ids), row.gpu_instance_ids)
            << name << ": " << row.where;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 300u);
}

TEST(DefaultPlacement, reproduces_the_recorded_sequences_of_a30_and_rtx_pro_6000) {
  const Geometry& a30 = find_product("a30-24gb")->geometry;
  EXPECT_EQ(created_ids(a30, kNormal, {14, 14, 5}), (std::vector{3, 4, 2}));
  EXPECT_EQ(created_ids(a30, kNormal, {14, 14, 14, 14}), (std::vector{3, 4, 5, 6}));
  const Geometry& rtx = find_product("rtx-pro-6000-blackwell-96gb")->geometry;
  EXPECT_EQ(created_ids(rtx, kNormal, {14, 14, 14, 14}), (std::vector{3, 4, 5, 6}));
  EXPECT_EQ(created_ids(rtx, kNormal, {5, 14, 14}), (std::vector{1, 5, 6}));
}

// Starts, from an empty board; -1 where the driver refuses.
std::vector<int> starts(const Geometry& geometry, const std::vector<std::uint32_t>& ids) {
  std::vector<const GpuInstanceProfile*> requests;
  for (const std::uint32_t id : ids) requests.push_back(geometry.find_id(id));
  std::vector<int> starts;
  for (const auto& at : default_sequence(geometry, {}, requests))
    starts.push_back(at ? at->start : -1);
  return starts;
}

TEST(DefaultPlacement, starts_from_an_empty_seven_slice_board) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    if (!seven_slices(*geometry) || geometry->profiles.size() < 5) continue;
    EXPECT_EQ(starts(*geometry, {19, 19, 19, 19, 19, 19, 19, 19}),
              (std::vector{6, 4, 5, 0, 1, 2, 3, -1}))
        << name;
    EXPECT_EQ(starts(*geometry, {14, 14, 14, 14}), (std::vector{4, 0, 2, -1})) << name;
    EXPECT_EQ(starts(*geometry, {9, 9, 9}), (std::vector{4, 0, -1})) << name;
    EXPECT_EQ(starts(*geometry, {5, 5}), (std::vector{0, -1})) << name;
    EXPECT_EQ(starts(*geometry, {0, 19}), (std::vector{0, -1})) << name;
    EXPECT_EQ(starts(*geometry, {19, 14, 5}), (std::vector{6, 4, 0})) << name;
    if (geometry->find_id(15) == nullptr) continue;
    EXPECT_EQ(starts(*geometry, {15, 15, 15, 15, 15}), (std::vector{4, 0, 2, 6, -1})) << name;
    EXPECT_EQ(starts(*geometry, {20, 20}), (std::vector{6, -1})) << name << ": one +me";
  }
}

TEST(DefaultPlacement, the_first_refusal_ends_a_sequence) {
  const Geometry& geometry = find_product("a100-40gb")->geometry;
  EXPECT_EQ(starts(geometry, {9, 9, 14, 19}), (std::vector{4, 0, -1, -1}));
  EXPECT_EQ(starts(geometry, {20, 20, 19}), (std::vector{6, -1, -1})) << "though a 1g would fit";
}

// Whatever is there: the answer is a free start, and there is one exactly when anything is free.
TEST(DefaultPlacement, is_a_free_start_whenever_there_is_one) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    visit_layouts(*geometry, testing::any_profile, [&](const Layout& layout) {
      const Occupancy taken = layout.occupancy();
      for (const GpuInstanceProfile& profile : geometry->profiles) {
        const unsigned open = free_starts(*geometry, taken, profile);
        const auto at = default_placement(*geometry, taken, profile);
        ASSERT_EQ(at.has_value(), open != 0)
            << name << ' ' << profile.name << " into " << to_string(layout);
        if (at) {
          ASSERT_EQ(may_add(*geometry, taken, profile, *at), Refusal::kNone) << name;
        }
      }
    });
  }
}

// ---- Compute instances (R3)

const GpuInstanceProfile& gi(const char* product, const char* name) {
  const GpuInstanceProfile* profile = find_product(product)->geometry.find_name(name);
  EXPECT_NE(profile, nullptr) << name;
  return *profile;
}

const ComputeInstanceProfile& ci(const GpuInstanceProfile& in, std::uint32_t id) {
  const ComputeInstanceProfile* profile = in.find_compute(id);
  EXPECT_NE(profile, nullptr) << in.name << " id " << id;
  return *profile;
}

std::vector<int> compute_starts(Architecture architecture, const GpuInstanceProfile& in,
                                const std::vector<std::uint32_t>& ids) {
  std::uint16_t taken = 0;
  std::vector<int> starts;
  for (const std::uint32_t id : ids) {
    const auto at = default_compute_placement(architecture, in, taken, ci(in, id));
    starts.push_back(at ? at->start : -1);
    if (at) taken = static_cast<std::uint16_t>(taken | at->mask());
  }
  return starts;
}

TEST(ComputePlacement, ampere_is_first_fit) {
  const GpuInstanceProfile& four = gi("a100-40gb", "4g.20gb");
  EXPECT_EQ(compute_starts(Architecture::kAmpere, four, {0, 0, 0, 0, 0}),
            (std::vector{0, 1, 2, 3, -1}));
  EXPECT_EQ(compute_starts(Architecture::kAmpere, four, {0, 1, 1}), (std::vector{0, 1, -1}));
  EXPECT_EQ(compute_starts(Architecture::kAmpere, gi("a100-40gb", "3g.20gb"), {0, 1}),
            (std::vector{0, 1}));
}

TEST(ComputePlacement, hopper_keeps_pairs_of_slices_whole) {
  const GpuInstanceProfile& four = gi("h100-sxm5-80gb", "4g.40gb");
  EXPECT_EQ(compute_starts(Architecture::kHopper, four, {0, 1, 0}), (std::vector{0, 2, 1}));
  EXPECT_EQ(compute_starts(Architecture::kHopper, four, {0, 0, 1}), (std::vector{0, 1, 2}));
  EXPECT_EQ(compute_starts(Architecture::kHopper, four, {3, 0}), (std::vector{0, -1}));
}

// Recorded -lcip of a 4g with one 1c in it: 1c 3/4, 2c 1/2, 4c 0/1.
TEST(ComputePlacement, free_and_total_of_a_4g_with_one_1c) {
  for (const auto& [product, name] :
       {std::pair{"a100-40gb", "4g.20gb"}, {"h100-sxm5-80gb", "4g.40gb"}}) {
    const GpuInstanceProfile& four = gi(product, name);
    const std::map<unsigned, std::pair<unsigned, unsigned>> expected = {
        {0, {3, 4}}, {1, {1, 2}}, {3, {0, 1}}};
    for (const auto& [id, free_total] : expected) {
      EXPECT_EQ(remaining_compute(0b0001, ci(four, id)), free_total.first) << name << ' ' << id;
      EXPECT_EQ(remaining_compute(0, ci(four, id)), free_total.second) << name << ' ' << id;
    }
  }
}

TEST(ComputePlacement, of_an_empty_instance_agrees_with_the_tables_maximum) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    for (const GpuInstanceProfile& in : geometry->profiles) {
      for (const ComputeInstanceProfile& profile : in.compute) {
        if (!profile.max.usable()) continue;
        EXPECT_EQ(remaining_compute(0, profile), profile.max.value)
            << name << ' ' << profile.name << " id " << +profile.id;
      }
    }
  }
}

TEST(ComputePlacement, is_a_free_start_whenever_there_is_one) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    for (const GpuInstanceProfile& in : geometry->profiles) {
      for (unsigned taken = 0; taken < 1u << 8; ++taken) {
        const auto mask = static_cast<std::uint16_t>(taken);
        for (const ComputeInstanceProfile& profile : in.compute) {
          const unsigned open = free_compute_starts(mask, profile);
          const auto at = default_compute_placement(product->architecture, in, mask, profile);
          ASSERT_EQ(at.has_value(), open != 0) << name << ' ' << profile.name;
          if (at) {
            ASSERT_NE((open >> at->start) & 1, 0u) << name << ' ' << profile.name;
          }
          ASSERT_GE(remaining_compute(mask, profile), open != 0 ? 1u : 0u);
        }
      }
    }
  }
}

TEST(ComputePlacement, a_profile_of_no_width_fits_nowhere) {
  ComputeInstanceProfile lying;
  lying.starts = 0xffff;
  EXPECT_EQ(free_compute_starts(0, lying), 0u);
  EXPECT_EQ(remaining_compute(0, lying), 0u);
}

}  // namespace
}  // namespace septet::mig
