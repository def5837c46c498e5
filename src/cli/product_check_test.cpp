#include "cli/product_check.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/told_gpu.h"

namespace septet::cli {
namespace {

using Profiles = std::vector<mig::GpuInstanceProfile>;

const mig::Product& product(std::string_view id) { return *mig::find_product(id); }

TEST(CompareWithTables, FindsNothingWhereTheDriverAgrees) {
  for (const mig::Product& one : mig::products()) {
    const Comparison comparison = compare_with_tables(node_with(one, true), told_gpu(one));
    EXPECT_EQ(comparison.product, one.id);
    EXPECT_GT(comparison.compared, one.geometry.profiles.size() * 10) << one.id;
    EXPECT_TRUE(comparison.differences.empty()) << one.id << to_string(comparison.differences[0]);
    EXPECT_TRUE(comparison.news.empty()) << one.id << to_string(comparison.news[0]);
  }
}

TEST(CompareWithTables, SaysWhatDiffersAndWhereTheTableHasItFrom) {
  const auto& h100 = product("h100-sxm5-80gb");
  const auto gpu = told_gpu(h100, [](Profiles& profiles) { profiles[4].memory_mib.value = 40192; });
  const Comparison comparison = compare_with_tables(node_with(h100, false), gpu);
  ASSERT_EQ(comparison.differences.size(), 1u);
  EXPECT_EQ(to_string(comparison.differences[0]),
            "3g.40gb, memory GiB: the tables say 39.50 (derived, from G_H100, UG), the driver says "
            "39.25 [memory also recorded as GiB 39.25 (GCP a3)]");
}

TEST(CompareWithTables, CountsWhatTheTablesDoNotKnowAsNews) {
  const auto& pcie = product("h100-pcie-80gb");
  const Comparison comparison = compare_with_tables(node_with(pcie, false), told_gpu(pcie));
  EXPECT_TRUE(comparison.differences.empty());
  ASSERT_FALSE(comparison.news.empty());
  EXPECT_TRUE(std::ranges::any_of(comparison.news, [](const Finding& finding) {
    return to_string(finding) == "1g.10gb, SMs: the driver knows: 14";
  }));
}

TEST(CompareWithTables, NamesProfilesThatOnlyOneSideHas) {
  const auto& a30 = product("a30-24gb");
  const auto gpu = told_gpu(a30, [](Profiles& profiles) {
    profiles[4].id = 77;
    profiles[4].name = "4g.24gb+x";
  });
  const Comparison comparison = compare_with_tables(node_with(a30, false), gpu);
  ASSERT_EQ(comparison.differences.size(), 2u);
  EXPECT_EQ(comparison.differences[0].tables, "no such profile");
  EXPECT_EQ(comparison.differences[0].subject, "4g.24gb+x");
  EXPECT_EQ(comparison.differences[1].driver, "no such profile");
  EXPECT_EQ(comparison.differences[1].subject, "4g.24gb");
}

TEST(CompareWithTables, UsesTheTableOfTheDriversAge) {
  const auto& a100 = product("a100-40gb");
  auto node = node_with(a100, false);
  node.driver_version = "470.57.02";
  const auto gpu = told_gpu(a100);  // answers like a current driver: one profile too many
  const Comparison comparison = compare_with_tables(node, gpu);
  EXPECT_TRUE(std::ranges::any_of(comparison.differences, [](const Finding& finding) {
    return finding.subject == "1g.10gb" && finding.tables == "no such profile";
  }));
}

TEST(CompareWithTables, DoesNotCompareWhatTheDriverKeptToItself) {
  const auto& h100 = product("h100-sxm5-80gb");
  const auto gpu = told_gpu(h100, [](Profiles& profiles) {
    profiles[0].sources = "driver; placements from the tables";
    profiles[0].starts = 1;
  });
  EXPECT_TRUE(compare_with_tables(node_with(h100, false), gpu).differences.empty());
}

TEST(CompareWithTables, HasNothingToCompareForAStranger) {
  auto gpu = told_gpu(product("h100-sxm5-80gb"));
  gpu.product = nullptr;
  const Comparison comparison =
      compare_with_tables(node_with(product("h100-sxm5-80gb"), false), gpu);
  EXPECT_EQ(comparison.product, "");
  EXPECT_EQ(comparison.compared, 0u);
}

TEST(CompareWithTables, GoesToJsonWithBothSides) {
  const auto& h100 = product("h100-sxm5-80gb");
  const auto gpu = told_gpu(h100, [](Profiles& profiles) { profiles[0].sm.value = 18; });
  const Json json = to_json(compare_with_tables(node_with(h100, false), gpu));
  EXPECT_EQ(json["product"], "h100-sxm5-80gb");
  ASSERT_EQ(json["differences"].size(), 1u);
  EXPECT_EQ(json["differences"][0]["tables"], "16");
  EXPECT_EQ(json["differences"][0]["driver"], "18");
  EXPECT_EQ(json["differences"][0]["confidence"], "recorded");
}

}  // namespace
}  // namespace septet::cli
