#include "agent/relayout.h"

#include <gtest/gtest.h>

#include "agent/pod_holders.h"
#include "agent/testing/node_of.h"

namespace septet::agent {

namespace {

using testing::node_of;
using testing::request_for;
using testing::uuid_at;

Json layout_of(const char* gpu0) { return Json::parse(gpu0); }

const Json kTwoHalves =
    layout_of(R"({"gpus": [{"gpu": 0, "instances": ["3g.40gb:0", "3g.40gb:4"]}]})");

kube::HeldDevice held_by(const std::string& id, const std::string& pod) {
  return {"nvidia.com/mig-1g.10gb", id, "default", pod, "main"};
}

TEST(Relayout, NothingIsAskedNothingIsDone) {
  Relayout relayout{{}};
  relayout.consider(std::nullopt, node_of({"1g.10gb@0"}), 1);
  EXPECT_EQ(relayout.standing().phase, Phase::kIdle);
  EXPECT_TRUE(relayout.withheld().empty());
  EXPECT_FALSE(relayout.ready(9, 9, 9));
}

TEST(Relayout, WhatIsAsWantedIsApplied) {
  Relayout relayout{{}};
  relayout.consider(request_for(kTwoHalves), node_of({"3g.40gb@0 3g.40gb@4"}), 1);
  EXPECT_EQ(relayout.standing().phase, Phase::kApplied);
  EXPECT_TRUE(relayout.withheld().empty());
  EXPECT_FALSE(relayout.ready(9, 9, 9));
}

TEST(Relayout, OnlyWhatGoesIsWithheldAndOnlyThenChanged) {
  const mig::Node node = node_of({"3g.40gb@0 1g.10gb@4 1g.10gb@5"});
  Relayout relayout{{}};
  relayout.consider(request_for(kTwoHalves), node, 10);
  EXPECT_EQ(relayout.withheld(), (std::set<std::string>{uuid_at(node, 0, 4), uuid_at(node, 0, 5)}));
  EXPECT_EQ(relayout.standing().phase, Phase::kWithheld);
  EXPECT_FALSE(relayout.ready(9.9, 20, 20)) << "kubelet was told before, not since";
  EXPECT_FALSE(relayout.ready(10.1, 10.1, 20)) << "holders were asked before it settled";
  EXPECT_FALSE(relayout.ready(10.1, 10.3, 10.2)) << "not settled yet";
  const auto plan = relayout.ready(10.1, 10.3, 10.4);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->steps.size(), 6u);
}

TEST(Relayout, ConsideringAgainDoesNotStartTheClockAnew) {
  const mig::Node node = node_of({"1g.10gb@4"});
  Relayout relayout{{}};
  relayout.consider(request_for(kTwoHalves), node, 10);
  for (double now = 10.1; now < 11; now += 0.1)
    relayout.consider(request_for(kTwoHalves), node, now);
  EXPECT_EQ(relayout.withheld_since_s(), 10);
  EXPECT_TRUE(relayout.ready(10.1, 10.9, 11));
}

TEST(Relayout, AnIdlePodIsInTheWayAndItsSliceStaysWithheld) {
  const mig::Node node = node_of({"1g.10gb@4", "1g.10gb@0"});
  Json spec = layout_of(R"({"gpus": [{"gpu": [0, 1], "instances": ["3g.40gb:0", "3g.40gb:4"]}]})");
  const auto held = with_pod_holders(node, {held_by(uuid_at(node, 0, 4), "train")});
  Relayout relayout{{}};
  relayout.consider(request_for(spec), held, 10);
  EXPECT_EQ(relayout.standing().phase, Phase::kBlocked);
  ASSERT_TRUE(relayout.standing().error);
  EXPECT_NE(relayout.standing().error->what.find("pod default/train"), std::string::npos);
  EXPECT_TRUE(relayout.withheld().contains(uuid_at(node, 0, 4)));
  const auto plan = relayout.ready(10.1, 10.3, 10.4);
  ASSERT_TRUE(plan) << "the other GPU need not wait";
  EXPECT_TRUE(std::ranges::all_of(plan->steps, [](const auto& step) { return step.gpu == 1; }));
}

TEST(Relayout, OfEqualSlicesTheHeldOnesStay) {
  const mig::Node node =
      node_of({"1g.10gb@0 1g.10gb@1 1g.10gb@2 1g.10gb@3 1g.10gb@4 1g.10gb@5 1g.10gb@6"});
  const Json spec = layout_of(
      R"({"gpus": [{"gpu": 0, "instances": [{"profile": "1g.10gb", "count": 2}, "3g.40gb"]}]})");
  const auto held = with_pod_holders(
      node, {held_by(uuid_at(node, 0, 5), "a"), held_by(uuid_at(node, 0, 6) + "::1", "b")});
  Relayout relayout{{}};
  relayout.consider(request_for(spec), held, 10);
  EXPECT_FALSE(relayout.withheld().contains(uuid_at(node, 0, 5)));
  EXPECT_FALSE(relayout.withheld().contains(uuid_at(node, 0, 6)));
  EXPECT_EQ(relayout.withheld().size(), 5u);
  EXPECT_NE(relayout.standing().phase, Phase::kBlocked);
}

TEST(Relayout, AWholeGpuThatAPodHoldsIsNotCut) {
  const mig::Node node = node_of({"off"});
  const auto held = with_pod_holders(node, {held_by(node.gpus[0].uuid, "whole")});
  Relayout relayout{{}};
  relayout.consider(request_for(kTwoHalves), held, 10);
  EXPECT_EQ(relayout.standing().phase, Phase::kBlocked);
  EXPECT_TRUE(relayout.withheld().contains(node.gpus[0].uuid));
  EXPECT_FALSE(relayout.ready(11, 12, 13));
}

TEST(Relayout, AFailureWaitsLongerEachTimeAndNotWhenAnythingChanged) {
  const mig::Node node = node_of({"1g.10gb@4"});
  Relayout relayout{{}};
  const Request request = request_for(kTwoHalves);
  double now = 10;
  for (const double wait : {5.0, 10.0, 20.0}) {
    relayout.consider(request, node, now);
    ASSERT_TRUE(relayout.ready(now, now + 1, now + 1));
    relayout.begin();
    EXPECT_TRUE(relayout.applying());
    relayout.ended(Error{Code::kUnavailable, "the driver said no", "", 0, nullptr}, now);
    relayout.consider(request, node, now + wait - 0.1);
    EXPECT_EQ(relayout.standing().phase, Phase::kFailed);
    EXPECT_FALSE(relayout.ready(now, now + 99, now + 99));
    EXPECT_EQ(relayout.next_s(), now + wait);
    now += wait;
  }
  relayout.consider(request, node_of({"1g.10gb@4 1g.10gb@5"}), now + 1);
  EXPECT_NE(relayout.standing().phase, Phase::kFailed) << "the node is another";
  relayout.ended(Error{Code::kUnavailable, "no", "", 0, nullptr}, now + 1);
  relayout.consider(request_for(kTwoHalves, 2), node, now + 1.1);
  EXPECT_NE(relayout.standing().phase, Phase::kFailed) << "the request is another";
}

TEST(Relayout, WhatCannotBeSaysWhy) {
  Relayout relayout{{}};
  const Json spec = layout_of(R"({"gpus": [{"gpu": 0, "instances": ["7g.80gb", "1g.10gb"]}]})");
  relayout.consider(request_for(spec), node_of({"1g.10gb@4"}), 1);
  EXPECT_EQ(relayout.standing().phase, Phase::kFailed);
  ASSERT_TRUE(relayout.standing().error);
  EXPECT_EQ(relayout.standing().error->code, Code::kInfeasible);
  EXPECT_TRUE(relayout.withheld().empty()) << "a wish that cannot be withdraws nothing";
}

TEST(Relayout, UnknownHoldersChangeNothing) {
  const mig::Node node = node_of({"1g.10gb@4"});
  Relayout relayout{{}};
  relayout.consider(request_for(kTwoHalves), node, 1);
  relayout.unknown(Error{Code::kUnavailable, "kubelet does not answer", "", 0, nullptr});
  EXPECT_FALSE(relayout.ready(9, 9, 9));
  EXPECT_FALSE(relayout.withheld().empty()) << "what was withdrawn is not offered again meanwhile";
}

}  // namespace

}  // namespace septet::agent
