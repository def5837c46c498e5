#include "agent/told.h"

#include <gtest/gtest.h>

#include "agent/testing/node_of.h"

namespace septet::agent {

namespace {

using testing::node_of;

TEST(Told, WhoIsIllWhoHoldsAndWhoGoverns) {
  const mig::Node node = node_of({"3g.40gb@0 1g.10gb@4"});
  watch::Faults faults{{}};
  faults.happened({driver::EventKind::kXid, node.gpus[0].uuid, 94, node.gpus[0].instances[0].id, 0},
                  1);
  faults.seen(node, 2);
  const std::vector<kube::HeldDevice> held = {{"nvidia.com/mig-1g.10gb", "MIG-1", "ns", "p", "c"}};
  Choice choice;
  choice.request = testing::request_for({{"gpus", {{{"gpu", 0}, {"instances", {"7g.80gb"}}}}}});
  const web::Told told = told_of(faults, node, held, choice);
  ASSERT_TRUE(told.ill);
  EXPECT_EQ(told.ill->size(), 1u);
  ASSERT_EQ(told.held.size(), 1u);
  EXPECT_EQ(told.held[0].device, "MIG-1");
  EXPECT_EQ(told.held[0].pod, "p");
  EXPECT_EQ(told.governed_by, "MigLayout ns/day");
}

TEST(Told, WhatTheLoopDoesNotKnowIsNotTold) {
  const web::Told told = told_of(watch::Faults{{}}, std::nullopt, std::nullopt, Choice{});
  EXPECT_FALSE(told.ill) << "not: nobody is ill";
  EXPECT_TRUE(told.held.empty());
  EXPECT_EQ(told.governed_by, "");
}

}  // namespace

}  // namespace septet::agent
