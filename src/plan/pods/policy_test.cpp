#include "plan/pods/policy.h"

#include <gtest/gtest.h>

namespace septet::plan::pods {
namespace {

constexpr Shape kShare = {4000, 100, 1, 500, ~0u, ""};
constexpr Shape kWhole = {16000, 100, 1, 1000, ~0u, ""};
constexpr Shape kPair = {16000, 100, 2, 1000, ~0u, ""};
constexpr Shape kCpuOnly = {32000, 100, 0, 0, ~0u, ""};

// 64 cores and four GPUs, of which 500, 1000, 1000 and 0 are left.
Node used_node() {
  Node node{64000, 100000, {500, 1000, 1000, 0}, 4, 0, 0b1};
  return node;
}

TEST(PolicyTest, ScoresByHand) {
  const Node node = used_node();
  // 1 - (64/128 x 4/128 + 2500/8000 x 500/8000) / 2 = 0.9824
  EXPECT_EQ(published_score(Policy::kDotProduct, node, kShare), 98);
  // 1 - (48/128 + 1500/8000) / 2 = 0.71875
  EXPECT_EQ(published_score(Policy::kBestFit, node, kWhole), 71);
  EXPECT_EQ(published_score(Policy::kBestFit, node, kCpuOnly), 71);  // 32/128, 2500/8000
}

TEST(PolicyTest, ClusteringPrefersItsOwnKind) {
  Node node = used_node();  // 5500 of 8000 are not left: 17 of 25
  EXPECT_EQ(published_score(Policy::kGpuClustering, node, kShare), 75 + 17);
  EXPECT_EQ(published_score(Policy::kGpuClustering, node, kWhole), 17);
  node.holds = 0b11;
  EXPECT_EQ(published_score(Policy::kGpuClustering, node, kShare), 50 + 17);
  node.holds = 0;
  EXPECT_EQ(published_score(Policy::kGpuClustering, node, kPair), 25 + 17);
  EXPECT_EQ(published_score(Policy::kGpuClustering, node, kCpuOnly), 0);
}

TEST(PolicyTest, PackingPrefersGpusInUseThenNodesInUse) {
  const Node node = used_node();
  EXPECT_EQ(published_score(Policy::kGpuPacking, node, kShare), 100 - 5);  // half of a used GPU
  EXPECT_EQ(published_score(Policy::kGpuPacking, node, kWhole), 50 - 1);
  EXPECT_EQ(published_score(Policy::kGpuPacking, node, kPair), 50 - 2);
  const Node fresh{64000, 100000, {1000, 1000, 1000, 1000}, 4, 0, 0};
  EXPECT_EQ(published_score(Policy::kGpuPacking, fresh, kShare), 33 - 4);
}

TEST(PolicyTest, NamesRoundTrip) {
  for (const Policy policy : kPolicies) EXPECT_EQ(policy_named(to_string(policy)), policy);
  EXPECT_EQ(policy_named("worst"), std::nullopt);
}

TEST(FleetTest, FitsOnlyWithEverything) {
  Node node = used_node();
  EXPECT_TRUE(fits(node, kPair));
  EXPECT_FALSE(fits(node, {16000, 100, 3, 1000, ~0u, ""}));
  EXPECT_FALSE(fits(node, {64001, 100, 0, 0, ~0u, ""}));
  EXPECT_FALSE(fits(node, {1000, 100001, 0, 0, ~0u, ""}));
  EXPECT_FALSE(fits(node, {1000, 100, 1, 500, 0b10, ""}));
  node.model = 1;
  EXPECT_TRUE(fits(node, {1000, 100, 1, 500, 0b10, ""}));
}

TEST(FleetTest, TakesWholeGpusInOrderAndSharesWhereTightest) {
  Node node = used_node();
  EXPECT_EQ(first_untouched(node, 2), 0b0110);
  EXPECT_EQ(tightest(node, kShare), 0b0001);
  take(node, kPair, 0b0110);
  EXPECT_EQ(node.total_gpu_milli(), 500);
  EXPECT_EQ(node.cpu_milli, 48000);
  EXPECT_EQ(node.holds, 0b101);
  EXPECT_DEATH(take(node, kShare, 0b0010), "invariant");
}

}  // namespace
}  // namespace septet::plan::pods
