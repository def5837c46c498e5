#include "partition/fleet_file.h"

#include <gtest/gtest.h>

#include "partition/workload_file.h"

namespace septet::partition {
namespace {

Result<plan::Fleet> read(const std::string& text) {
  const auto document = TRY(parse_yaml("f.yaml", text));
  return read_fleet(document);
}

TEST(FleetFile, ReadsPoolsCostsAndWhatTheyHold) {
  const auto fleet = read(
      "fleet:\n"
      "  - {product: h100-sxm5-80gb, gpus: 64, cost: 2.4}\n"
      "  - {product: a30_24gb, gpus: 0}\n"
      "  - {product: h100-sxm5-80gb, gpus: 8, holds: [3g.40gb@4, 1g.10gb@0]}\n"
      "  - {product: a30-24gb, gpus: 2, holds: [1g.6gb@3], cost: 0.125}\n");
  ASSERT_TRUE(fleet) << fleet.error().what;
  ASSERT_EQ(fleet->products.size(), 2u);  // the same product is listed once
  ASSERT_EQ(fleet->pools.size(), 4u);
  EXPECT_EQ(fleet->pools[0].cost, 2400);
  EXPECT_EQ(fleet->pools[1].cost, 1000);
  EXPECT_EQ(fleet->pools[2].cost, 0);  // in use anyway
  EXPECT_EQ(fleet->pools[2].product, 0u);
  ASSERT_EQ(fleet->pools[2].held.size(), 2u);
  EXPECT_EQ(mig::to_string(fleet->pools[2].held[0]), "1g.10gb@0");
  EXPECT_EQ(fleet->pools[3].cost, 125);
  EXPECT_EQ(fleet->cost_step(), 25);
}

TEST(FleetFile, TellsWhatMayMoveFromWhatStays) {
  const auto fleet = read(
      "fleet:\n"
      "  - {product: a30-24gb, gpus: 2, holds: [1g.6gb@3], runs: [1g.6gb@2, 2g.12gb@0]}\n");
  ASSERT_TRUE(fleet) << fleet.error().what;
  ASSERT_EQ(fleet->pools[0].held.size(), 1u);
  ASSERT_EQ(fleet->pools[0].may_move.size(), 2u);
  EXPECT_EQ(mig::to_string(fleet->pools[0].may_move[0]), "2g.12gb@0");
}

TEST(FleetFile, AFleetMayHaveMoreReplicasThanANode) {
  const std::string workloads = "workloads: [{name: a, sms: 1, replicas: 1000000}]\n";
  const auto with = parse_yaml("f.yaml", "fleet: [{product: a30-24gb, gpus: 1}]\n" + workloads);
  const auto without = parse_yaml("w.yaml", workloads);
  ASSERT_TRUE(with && without);
  EXPECT_TRUE(looks_like_fleet(*with));
  EXPECT_FALSE(looks_like_fleet(*without));
  EXPECT_TRUE(read_workloads(*with).has_value());
  EXPECT_FALSE(read_workloads(*without).has_value());
}

struct WrongCase {
  const char* rule;
  const char* pool;
  const char* says;  // in the complaint or its remedy
};

TEST(FleetFile, EveryMistakeHasItsPlace) {
  const WrongCase cases[] = {
      {"unknown key", "{product: a30-24gb, gpus: 1, price: 3}", "price"},
      {"no product", "{gpus: 1}", "no product"},
      {"no gpus", "{product: a30-24gb}", "no gpus"},
      {"unknown product", "{product: a30-24g, gpus: 1}", "a30-24gb"},
      {"gpus", "{product: a30-24gb, gpus: -1}", "gpus"},
      {"a cost in words", "{product: a30-24gb, gpus: 1, cost: cheap}", "three decimals"},
      {"a cost too fine", "{product: a30-24gb, gpus: 1, cost: 1.2345}", "three decimals"},
      {"a cost without end", "{product: a30-24gb, gpus: 1, cost: 99999999999999999999}",
       "three decimals"},
      {"a cost below zero", "{product: a30-24gb, gpus: 1, cost: -1}", "three decimals"},
      {"a point and nothing", "{product: a30-24gb, gpus: 1, cost: \"1.\"}", "three decimals"},
      {"holds no list", "{product: a30-24gb, gpus: 1, holds: 1g.6gb@0}", "list"},
      {"held without a start", "{product: a30-24gb, gpus: 1, holds: [1g.6gb]}", "PROFILE@START"},
      {"held of another product", "{product: a30-24gb, gpus: 1, holds: [3g.40gb@0]}",
       "PROFILE@START"},
      {"held on one another", "{product: a30-24gb, gpus: 1, holds: [2g.12gb@0, 1g.6gb@1]}",
       "taken by another"},
      {"held where it cannot start", "{product: a30-24gb, gpus: 1, holds: [2g.12gb@1]}",
       "cannot start at"},
      {"runs no list", "{product: a30-24gb, gpus: 1, runs: 7}", "runs must be a list"},
      {"runs where something is held",
       "{product: a30-24gb, gpus: 1, holds: [2g.12gb@0], runs: [1g.6gb@1]}", "taken by another"},
      {"not a map", "7", "map"},
  };
  for (const WrongCase& wrong : cases) {
    const auto fleet = read(std::string("fleet:\n  - ") + wrong.pool + "\n");
    ASSERT_FALSE(fleet.has_value()) << wrong.rule;
    EXPECT_TRUE(fleet.error().what.starts_with("f.yaml:2:")) << wrong.rule << fleet.error().what;
    const std::string all = fleet.error().what + " " + fleet.error().remedy;
    EXPECT_NE(all.find(wrong.says), std::string::npos) << wrong.rule << ": " << all;
  }
  EXPECT_FALSE(read("fleet: []\n").has_value());
  EXPECT_FALSE(read("fleet: 3\n").has_value());
}

}  // namespace
}  // namespace septet::partition
