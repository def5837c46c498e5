#include "plan/compact/compact.h"

#include <gtest/gtest.h>

#include "mig/profile_name.h"
#include "plan/linear_program.h"
#include "plan/testing/brute_compaction.h"

namespace septet::plan {
namespace {

const mig::Geometry& h100() { return mig::find_product("h100-sxm5-80gb")->geometry; }

// "3g.40gb:4 1g.10gb:0"
std::vector<mig::Instance> placed(const std::vector<std::string>& texts) {
  std::vector<mig::Instance> instances;
  for (const std::string& text : texts) {
    const auto request = mig::match_placed(h100(), text);
    EXPECT_TRUE(request && request->start) << text;
    instances.push_back({request->profile, {*request->start, request->profile->size}});
  }
  return instances;
}

Compaction compacted(const std::vector<OccupiedGpus>& groups) {
  EXPECT_TRUE(solver_ready());
  Compactor compactor(h100());
  Compaction answer = compactor.compact(groups);
  EXPECT_EQ(testing::wrong_with(h100(), groups, answer), "");
  return answer;
}

TEST(Compact, NothingToDoWhereNoGpuCanBeSaved) {
  const Compaction answer = compacted({{{}, placed({"7g.80gb:0"}), 5}, {{}, {}, 3}});
  EXPECT_TRUE(answer.found);
  EXPECT_EQ(answer.used, 5u);
  EXPECT_EQ(answer.used_bound, 5u);
  EXPECT_EQ(answer.moved_units, 0u);
  EXPECT_EQ(answer.chain, 0u);
  EXPECT_TRUE(answer.moves.empty());
}

TEST(Compact, TwoHalvesBecomeOneGpu) {
  const Compaction answer =
      compacted({{{}, placed({"3g.40gb:0"}), 50}, {{}, placed({"3g.40gb:4"}), 50}});
  EXPECT_TRUE(answer.fewest_proven());
  EXPECT_EQ(answer.used, 50u);
  EXPECT_EQ(answer.moved_units, 200u);
  EXPECT_EQ(answer.moved_bound, 200u);
  EXPECT_EQ(answer.chain, 1u);
  EXPECT_EQ(answer.moved_instances, 50u);
}

// Both stand on the same side: one of them changes sides, onto another GPU. Two 4g cannot share.
TEST(Compact, PlacesDecide) {
  const Compaction threes = compacted({{{}, placed({"3g.40gb:0"}), 10}});
  EXPECT_EQ(threes.used, 5u);
  EXPECT_EQ(threes.moved_units, 20u);
  const Compaction fours = compacted({{{}, placed({"4g.40gb:0"}), 10}});
  EXPECT_EQ(fours.used, 10u);
}

TEST(Compact, WhatStaysIsNotTouchedAndItsGpuStaysInUse) {
  const std::vector<OccupiedGpus> groups{{placed({"1g.10gb:0"}), placed({"3g.40gb:4"}), 4},
                                         {{}, placed({"3g.40gb:4", "2g.20gb:2"}), 2}};
  const Compaction answer = compacted(groups);
  EXPECT_EQ(answer.used_before, 6u);
  // Beside 1g@0 and a 3g@4 there is room for the 2g, not for another 3g.
  EXPECT_EQ(answer.used, 5u);
  EXPECT_TRUE(answer.fewest_proven());
  EXPECT_EQ(answer.moved_units, 4u + 2u + 2u);
  EXPECT_EQ(answer.moved_bound, answer.moved_units);
}

// The 4g can only begin at 0, where the 1g stands: the 1g goes first.
TEST(Compact, ChainOfTwo) {
  const Compaction answer = compacted({{{}, placed({"4g.40gb:0"}), 1},
                                       {{}, placed({"1g.10gb:0"}), 1},
                                       {{}, placed({"3g.40gb:4"}), 1}});
  EXPECT_EQ(answer.used, 2u);
  EXPECT_EQ(answer.moved_units, 1u);  // the 1g alone
  EXPECT_EQ(answer.chain, 1u);
  // What stays on the right leaves room for the 4g; what stands on the left must go there first.
  const Compaction longer = compacted({{{}, placed({"4g.40gb:0"}), 1},
                                       {placed({"3g.40gb:4"}), placed({"2g.20gb:0"}), 1},
                                       {placed({"4g.40gb:0", "1g.10gb:4"}), {}, 1}});
  EXPECT_EQ(longer.used, 3u);
  EXPECT_EQ(longer.moved_units, 0u);
  const Compaction chained = compacted({{{}, placed({"4g.40gb:0"}), 1},
                                        {placed({"3g.40gb:4"}), placed({"1g.10gb:0"}), 1},
                                        {placed({"4g.40gb:0", "2g.20gb:4"}), {}, 1}});
  EXPECT_EQ(chained.used, 2u);
  EXPECT_EQ(chained.moved_units, 5u);
  EXPECT_EQ(chained.chain, 2u);
  EXPECT_EQ(chained.chain_bound, 2u);
}

TEST(Compact, EveryProductHasRoomForItsPlacesInAWord) {
  std::size_t most = 0, most_full = 0;
  for (const mig::Product& product : mig::products()) {
    const PlaceTable places(product.geometry);
    PlaceSet all = 0;
    for (const FullLayout& layout : places.full()) {
      all |= layout.places;
      EXPECT_EQ(places.unpacked(layout.count), places.count(layout.places)) << product.id;
      EXPECT_EQ(places.set_of(places.instances(layout.places)), layout.places) << product.id;
    }
    most = std::max(most, static_cast<std::size_t>(std::popcount(all)));
    most_full = std::max(most_full, places.full().size());
  }
  EXPECT_EQ(most, 25u);
  EXPECT_EQ(most_full, 239u);
}

TEST(Compact, CountsAreComparedAtOnce) {
  EXPECT_TRUE(has_all_of(0x7102, 0x7102));
  EXPECT_TRUE(has_all_of(0x7102, 0x0001));
  EXPECT_FALSE(has_all_of(0x7102, 0x0003));
  EXPECT_FALSE(has_all_of(0x7102, 0x0200));
  EXPECT_TRUE(has_all_of(0, 0));
}

TEST(Compact, CostsTheSameWhereFleetsAreAThousandTimesLarger) {
  std::vector<OccupiedGpus> groups{{{}, placed({"3g.40gb:0"}), 3},
                                   {{}, placed({"2g.20gb:2", "1g.10gb:6"}), 5},
                                   {{}, placed({"1g.10gb:1", "1g.10gb:3", "1g.20gb:4"}), 4},
                                   {{}, placed({"4g.40gb:0"}), 2}};
  const Compaction few = compacted(groups);
  for (OccupiedGpus& group : groups) group.gpus *= 1000;
  const Compaction many = compacted(groups);
  EXPECT_TRUE(many.fewest_proven());
  EXPECT_LE(many.used, few.used * 1000);
  EXPECT_LE(static_cast<double>(many.moved_units), 1.001 * static_cast<double>(many.moved_bound));
  EXPECT_LT(many.rows.size(), 40u);
}

}  // namespace
}  // namespace septet::plan
