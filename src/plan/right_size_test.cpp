#include "plan/right_size.h"

#include <gtest/gtest.h>

namespace septet::plan {
namespace {

const mig::Geometry& geometry_of(const char* product) {
  return mig::find_product(product)->geometry;
}

Workload needs(const char* memory, const char* compute = nullptr) {
  Workload workload;
  workload.name = "w";
  workload.where = "f.yaml:1:1";
  if (memory != nullptr) workload.memory_bytes = parse_memory(memory);
  if (compute != nullptr) workload.compute_percent = parse_percent(compute);
  return workload;
}

struct MemoryCase {
  const char* text;
  std::uint64_t bytes;  // 0: refused
};

TEST(ParseMemory, KnowsBothKindsOfUnitsAndNothingElse) {
  const MemoryCase cases[] = {
      {"14GiB", 14ull << 30},
      {"14 GiB", 14ull << 30},
      {"14Gi", 14ull << 30},
      {"512MiB", 512ull << 20},
      {"1.5GiB", 3ull << 29},
      {"20GB", 20'000'000'000},
      {"20G", 20'000'000'000},
      {"300MB", 300'000'000},
      {"1TiB", 1ull << 40},
      {"14", 0},
      {"GiB", 0},
      {"", 0},
      {"14GIB", 0},
      {"-1GiB", 0},
      {"0GiB", 0},
      {"1.2.3GiB", 0},
      {"14GiBx", 0},
      {"1e3GiB", 0},
      {"99999999TiB", 0},
      {"nan", 0},
  };
  for (const MemoryCase& row : cases) {
    EXPECT_EQ(parse_memory(row.text).value_or(0), row.bytes) << row.text;
  }
  EXPECT_EQ(memory_text(14ull << 30), "14 GiB");
  EXPECT_EQ(memory_text(20'000'000'000), "18.63 GiB");
  EXPECT_EQ(memory_text(512ull << 20), "512 MiB");
}

TEST(ParsePercent, IsAboveZeroAndAtMostAHundred) {
  EXPECT_EQ(parse_percent("30%"), 30.0);
  EXPECT_EQ(parse_percent("12.5 %"), 12.5);
  EXPECT_EQ(parse_percent("100%"), 100.0);
  for (const char* wrong : {"30", "0%", "101%", "%", "", "30%%"})
    EXPECT_FALSE(parse_percent(wrong)) << wrong;
}

struct SizeCase {
  const char* product;
  const char* memory;
  const char* compute;
  const char* profile;
};

TEST(RightSize, TakesTheSmallestThatDoes) {
  const SizeCase cases[] = {
      {"h100-sxm5-80gb", "6GiB", nullptr, "1g.10gb"},
      {"h100-sxm5-80gb", "14GiB", nullptr, "1g.20gb"},
      {"h100-sxm5-80gb", "14GiB", "20%", "2g.20gb"},  // 27 SMs: the 26 of 1g.20gb do not do
      {"h100-sxm5-80gb", "14GiB", "30%", "3g.40gb"},  // 40 SMs: more than the 32 of 2g
      {"h100-sxm5-80gb", nullptr, "47%", "4g.40gb"},  // 63: more than the 60 of 3g
      {"h100-sxm5-80gb", "72GiB", nullptr, "7g.80gb"},
      {"h100-sxm5-80gb", nullptr, "100%", "7g.80gb"},
      {"a100-80gb", "14GiB", nullptr, "1g.20gb"},
      {"a30-24gb", "6GiB", nullptr, "2g.12gb"},  // a 1g.6gb has 5.81
      {"a30-24gb", "5GiB", nullptr, "1g.6gb"},
  };
  for (const SizeCase& row : cases) {
    const auto sizing = right_size(geometry_of(row.product), needs(row.memory, row.compute));
    ASSERT_TRUE(sizing) << sizing.error().what;
    EXPECT_EQ(sizing->profile->name, row.profile)
        << row.product << " " << (row.memory ? row.memory : "-");
    for (const TooSmall& refused : sizing->refused) EXPECT_FALSE(refused.why.empty());
  }
}

TEST(RightSize, NothingSmallerWouldDoOnAnyProduct) {
  for (const mig::Product& product : mig::products()) {
    for (const char* memory : {"1GiB", "9GiB", "11GiB", "30GiB"}) {
      const Workload workload = needs(memory);
      const auto sizing = right_size(product.geometry, workload);
      if (!sizing) continue;
      EXPECT_TRUE(shortfall(product.geometry, *sizing->profile, workload).empty());
      for (const auto& profile : product.geometry.profiles) {
        if (profile.size >= sizing->profile->size || profile.graphics) continue;
        EXPECT_FALSE(shortfall(product.geometry, profile, workload).empty())
            << product.id << profile.name;
      }
    }
  }
}

TEST(RightSize, SaysWhyTheNextSmallerDoesNot) {
  const auto sizing = right_size(geometry_of("h100-sxm5-80gb"), needs("14GiB"));
  ASSERT_TRUE(sizing);
  ASSERT_NE(sizing->next_smaller(), nullptr);
  EXPECT_TRUE(sizing->next_smaller()->why.starts_with("has 9.7")) << sizing->next_smaller()->why;
  EXPECT_TRUE(sizing->next_smaller()->why.ends_with("GiB, needs 14 GiB"));
}

TEST(RightSize, MediaNeedsTheMediaExtensionWhereThePlainOneLacksAnEngine) {
  Workload workload = needs("8GiB");
  workload.media = {1, 1, 1};
  const auto sizing = right_size(geometry_of("h100-sxm5-80gb"), workload);
  ASSERT_TRUE(sizing);
  EXPECT_EQ(sizing->profile->name, "1g.10gb+me");
}

TEST(RightSize, WhatNoProfileHasIsInfeasibleAndNamesThePlace) {
  const auto sizing = right_size(geometry_of("a30-24gb"), needs("40GiB"));
  ASSERT_FALSE(sizing);
  EXPECT_EQ(sizing.error().code, Code::kInfeasible);
  EXPECT_TRUE(sizing.error().what.starts_with("f.yaml:1:1")) << sizing.error().what;
}

TEST(RightSize, AProfileThatTheBoardLacksIsAnError) {
  Workload workload;
  workload.profile = "5g.50gb";
  const auto sizing = right_size(geometry_of("a30-24gb"), workload);
  ASSERT_FALSE(sizing);
  EXPECT_EQ(sizing.error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace septet::plan
