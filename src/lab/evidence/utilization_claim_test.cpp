#include "lab/evidence/utilization_claim.h"

#include <gtest/gtest.h>

#include "lab/evidence/recipe.h"
#include "lab/model/gpu.h"

namespace septet::lab::evidence {
namespace {

// Batches take `alone` seconds on either size; MPS with n processes does `best` a second at most.
SliceTable table_of(double slice_alone, double slice_best, double whole_alone, double whole_best) {
  const mig::Product& product = *mig::find_product("a100-80gb");
  SliceTable table{"made up", &product, false, {{"work", 1, {}, {}}}};
  const auto add = [&](const char* name, unsigned processes, double seconds) {
    const auto* const profile = product.geometry.find_name(name);
    auto& into = processes == 1 ? table.series[0].alone : table.series[0].shared;
    into.push_back({profile, processes, *plan::share_of(product, *profile), seconds});
  };
  add("1g.10gb", 1, slice_alone);
  add("7g.80gb", 1, whole_alone);
  add("1g.10gb", 2, 2 / slice_best);
  add("1g.10gb", 3, 3 / (0.9 * slice_best));
  add("7g.80gb", 2, 2 / whole_best);
  return table;
}

TEST(UtilizationClaim, CountsSmsOfTheWholeGpu) {
  const auto rows = claim_rows(table_of(0.010, 125, 0.010, 400));
  ASSERT_EQ(rows.size(), 1u);
  const ClaimRow& row = rows.front();
  EXPECT_NEAR(row.sliced, 0.8 * 98 / 108, 1e-12);        // 100 of 125 a second, on 98 of 108 SMs
  EXPECT_NEAR(row.whole, 0.8 * 14 / 108, 1e-12);         // the same work of 14 SMs
  EXPECT_NEAR(row.whole_at_most, 100.0 / 400.0, 1e-12);  // 100 of 400 a second
  EXPECT_NEAR(row.throughput, 7.0, 1e-12);
  EXPECT_TRUE(row.saturated_in_slice) << "three processes did less than two";
  EXPECT_FALSE(row.saturated_in_whole) << "nobody tried three";
  EXPECT_EQ(row.verdict, ClaimVerdict::kTrue);
}

TEST(UtilizationClaim, EachVerdictHasItsCase) {
  EXPECT_EQ(claim_rows(table_of(0.010, 200, 0.010, 400))[0].verdict, ClaimVerdict::kNearly);
  EXPECT_EQ(claim_rows(table_of(0.010, 400, 0.010, 400))[0].verdict, ClaimVerdict::kStillIdle);
  EXPECT_EQ(claim_rows(table_of(0.010, 110, 0.002, 600))[0].verdict, ClaimVerdict::kAlreadyBusy);
}

TEST(UtilizationClaim, NeedsOneSliceAndTheWhole) {
  SliceTable table = table_of(0.010, 125, 0.010, 400);
  table.series[0].alone.erase(table.series[0].alone.begin());
  EXPECT_TRUE(claim_rows(table).empty());
}

}  // namespace
}  // namespace septet::lab::evidence
