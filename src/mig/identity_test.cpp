#include "mig/identity.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include <map>
#include <set>

#include "mig/testing/every_geometry.h"

namespace septet::mig {
namespace {

using testing::every_geometry;

struct IdRow {
  unsigned start, size, normal, rotated;
};

// Rules R2: recorded tables. Eight units, four (A30), twelve (RTX PRO 6000).
const std::map<unsigned, std::vector<IdRow>> kIds = {{8,
                                                      {{0, 8, 0, 0},
                                                       {0, 4, 1, 2},
                                                       {4, 4, 2, 1},
                                                       {0, 2, 3, 5},
                                                       {2, 2, 4, 6},
                                                       {4, 2, 5, 3},
                                                       {6, 2, 6, 4},
                                                       {0, 1, 7, 11},
                                                       {1, 1, 8, 12},
                                                       {2, 1, 9, 13},
                                                       {3, 1, 10, 14},
                                                       {4, 1, 11, 7},
                                                       {5, 1, 12, 8},
                                                       {6, 1, 13, 9}}},
                                                     {4,
                                                      {{0, 4, 0, 0},
                                                       {0, 2, 1, 2},
                                                       {2, 2, 2, 1},
                                                       {0, 1, 3, 5},
                                                       {1, 1, 4, 6},
                                                       {2, 1, 5, 3},
                                                       {3, 1, 6, 4}}},
                                                     {12,
                                                      {{0, 12, 0, 0},
                                                       {0, 6, 1, 2},
                                                       {6, 6, 2, 1},
                                                       {0, 3, 3, 5},
                                                       {3, 3, 4, 6},
                                                       {6, 3, 5, 3},
                                                       {9, 3, 6, 4}}}};

TEST(GpuInstanceId, every_start_of_every_product_has_the_id_of_its_memory_class) {
  std::size_t checked = 0;
  for (const auto& [name, product, geometry] : every_geometry()) {
    const auto table = kIds.find(geometry->units);
    if (table == kIds.end()) continue;  // boards whose axis is an estimate
    for (const GpuInstanceProfile& profile : geometry->profiles) {
      for (const IdRow& row : table->second) {
        if (row.size != profile.size ||
            !profile.allows({static_cast<std::uint8_t>(row.start), profile.size}))
          continue;
        const auto start = static_cast<std::uint8_t>(row.start);
        EXPECT_EQ(gpu_instance_id(profile, start, ChipLayout::kNormal), row.normal)
            << name << ' ' << profile.name << '@' << row.start;
        EXPECT_EQ(gpu_instance_id(profile, start, ChipLayout::kRotated), row.rotated)
            << name << ' ' << profile.name << '@' << row.start;
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 400u);
}

TEST(GpuInstanceId, no_id_where_there_is_no_start) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    for (const GpuInstanceProfile& profile : geometry->profiles) {
      for (unsigned start = 0; start < 256; ++start) {
        const auto at = static_cast<std::uint8_t>(start);
        const bool is_start = profile.allows({at, profile.size});
        for (const ChipLayout chip : {ChipLayout::kNormal, ChipLayout::kRotated}) {
          EXPECT_EQ(gpu_instance_id(profile, at, chip).has_value(), is_start)
              << name << ' ' << profile.name << '@' << start;
        }
      }
    }
  }
}

// Ids name live instances, so two that can live together must never share one.
TEST(GpuInstanceId, instances_of_one_layout_have_different_ids) {
  for (const auto& [name, product, geometry] : every_geometry()) {
    visit_layouts(*geometry, testing::any_profile, [&](const Layout& layout) {
      for (const ChipLayout chip : {ChipLayout::kNormal, ChipLayout::kRotated}) {
        std::set<std::uint32_t> ids;
        for (const Instance& instance : layout.instances()) {
          ids.insert(gpu_instance_id(*instance.profile, instance.at.start, chip).value());
        }
        ASSERT_EQ(ids.size(), layout.instances().size()) << name << ": " << to_string(layout);
      }
    });
  }
}

// Expected values: Python's hashlib over the message of the kernel driver's gpu_uuid.c.
TEST(Uuid, matches_the_drivers_message_byte_for_byte) {
  EXPECT_EQ(uuid_text(gpu_uuid(0, 0)), "b90abd21-7697-5ff5-95b3-275d288e153d");
  EXPECT_EQ(uuid_text(gpu_uuid(0x180, 0x1122334455667788)), "7b4e19e2-066b-5010-88a3-2f73c6ff5564");
  EXPECT_EQ(uuid_text(gpu_uuid(0x170, ~std::uint64_t{0})), "7730ad73-f909-524d-afa9-56e6cacaf48b");
  EXPECT_EQ(uuid_text(mig_uuid(0, 0, 0, 0)), "69c11765-5af3-5b86-9fc2-cf34b108c1a5");
  EXPECT_EQ(uuid_text(mig_uuid(0x180, 0x1122334455667788, 9, 3)),
            "76b29094-f4e0-583c-9341-ca96496772e0");
  EXPECT_EQ(uuid_text(mig_uuid(0x180, 0x1122334455667788, 13, 0x01020304)),
            "cf9d1420-f618-5c75-bd83-c8be050b4001");
  EXPECT_EQ(uuid_text(mig_uuid(0x177, 5, 2, 0)), "ce2d02e8-a14f-5db1-81d7-d28a0d69ef95");
}

TEST(Uuid, differs_for_every_instance_and_engine_of_a_gpu) {
  std::set<Uuid> seen;
  for (std::uint64_t pdi = 0; pdi < 8; ++pdi) {
    seen.insert(gpu_uuid(0x180, pdi));
    for (unsigned gi = 0; gi < 15; ++gi) {
      for (unsigned engine = 0; engine < 8; ++engine) seen.insert(mig_uuid(0x180, pdi, gi, engine));
    }
  }
  EXPECT_EQ(seen.size(), 8u * (1 + 15 * 8));
}

RC_GTEST_PROP(Uuid, text_reads_back_in_any_case_and_is_version_5,
              (std::uint16_t chip, std::uint64_t pdi)) {
  const Uuid uuid = mig_uuid(chip, pdi, 7, 0);
  std::string text = uuid_text(uuid);
  RC_ASSERT(text.size() == 36u);
  RC_ASSERT(text[14] == '5');
  RC_ASSERT(std::string("89ab").find(text[19]) != std::string::npos);
  RC_ASSERT(parse_uuid(text) == uuid);
  for (char& c : text) c = static_cast<char>(c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
  RC_ASSERT(parse_uuid(text) == uuid);
}

TEST(Uuid, writes_exactly_36_characters) {
  char buffer[38];
  std::fill(std::begin(buffer), std::end(buffer), '#');
  write_uuid_text(gpu_uuid(0, 0), buffer + 1);
  EXPECT_EQ(std::string(buffer, sizeof buffer), "#b90abd21-7697-5ff5-95b3-275d288e153d#");
}

TEST(Uuid, refuses_what_is_not_the_36_character_form) {
  const std::string good = "b90abd21-7697-5ff5-95b3-275d288e153d";
  EXPECT_TRUE(parse_uuid(good));
  EXPECT_FALSE(parse_uuid(""));
  EXPECT_FALSE(parse_uuid("GPU-" + good));
  EXPECT_FALSE(parse_uuid(good + " "));
  EXPECT_FALSE(parse_uuid("b90abd2176975ff595b3275d288e153d"));
  for (std::size_t i = 0; i < good.size(); ++i) {  // any one character spoiled
    std::string bad = good;
    bad[i] = bad[i] == '-' ? '0' : 'g';
    EXPECT_FALSE(parse_uuid(bad)) << bad;
    bad[i] = bad[i] == '0' ? ' ' : '-';
    if (bad != good) {
      EXPECT_FALSE(parse_uuid(bad)) << bad;
    }
  }
}

// R10: N = 3 + 135 gpu + 9 gi for the instance, + 1 + ci for its compute instances; no two alike.
TEST(CapMinor, recorded_minors_and_no_collisions) {
  EXPECT_EQ(gpu_instance_cap_minor(0, 0), 3u);
  EXPECT_EQ(compute_instance_cap_minor(0, 0, 0), 4u);
  EXPECT_EQ(gpu_instance_cap_minor(0, 9), 84u);
  EXPECT_EQ(gpu_instance_cap_minor(1, 0), 138u);
  std::set<unsigned> seen = {kConfigCapMinor, kMonitorCapMinor};
  for (unsigned gpu = 0; gpu < 32; ++gpu) {
    for (unsigned gi = 0; gi < 15; ++gi) {
      EXPECT_TRUE(seen.insert(gpu_instance_cap_minor(gpu, gi)).second);
      for (unsigned ci = 0; ci < 8; ++ci) {
        EXPECT_TRUE(seen.insert(compute_instance_cap_minor(gpu, gi, ci)).second);
      }
    }
  }
  EXPECT_EQ(*seen.rbegin(), 2u + 32 * 135);
}

}  // namespace
}  // namespace septet::mig
