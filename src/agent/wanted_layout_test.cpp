#include "agent/wanted_layout.h"

#include <gtest/gtest.h>

#include "agent/testing/node_of.h"

namespace septet::agent {

namespace {

using testing::mig_layout;
using testing::no_configs;

const Json kGpus = Json::parse(R"([{"gpu": "all", "instances": ["7g.80gb"]}])");
const NodeLabels kPool = {{"pool", "a"}, {"kubernetes.io/hostname", "n1"}};

Json by_name(const char* node) { return {{"nodeName", node}, {"gpus", kGpus}}; }
Json by_pool(const char* pool) {
  return {{"nodeSelector", {{"matchLabels", {{"pool", pool}}}}}, {"gpus", kGpus}};
}

TEST(WantedLayout, ANameGoesBeforeASelector) {
  const Choice choice =
      choose_layout({mig_layout("pool", by_pool("a")), mig_layout("one", by_name("n1")),
                     mig_layout("other", by_name("n2"))},
                    "n1", kPool, no_configs);
  ASSERT_TRUE(choice.request);
  EXPECT_EQ(choice.request->title(), "MigLayout ns/one");
  ASSERT_EQ(choice.layouts.size(), 2u) << "the one of n2 is none of our business";
  EXPECT_TRUE(choice.layouts[0].problem);
  EXPECT_FALSE(choice.layouts[1].problem);
}

TEST(WantedLayout, TwoOfTheSameRankAreFollowedByNobody) {
  const Choice choice = choose_layout(
      {mig_layout("a", by_pool("a")), mig_layout("b", by_pool("a"))}, "n1", kPool, no_configs);
  EXPECT_FALSE(choice.request);
  ASSERT_EQ(choice.layouts.size(), 2u);
  for (const Concerned& one : choice.layouts) {
    ASSERT_TRUE(one.problem);
    EXPECT_EQ(one.problem->code, Code::kConflict);
    EXPECT_NE(one.problem->what.find("ns/a, ns/b"), std::string::npos);
  }
}

TEST(WantedLayout, AnEmptySelectorSelectsNothing) {
  for (const Json& selector : {Json::object(), Json{{"matchLabels", Json::object()}},
                               Json{{"matchLabels", 7}}, Json("pool"), Json(nullptr)}) {
    const Json spec{{"nodeSelector", selector}, {"gpus", kGpus}};
    const Choice choice = choose_layout({mig_layout("x", spec)}, "n1", kPool, no_configs);
    EXPECT_FALSE(choice.request);
    EXPECT_TRUE(choice.layouts.empty());
  }
}

TEST(WantedLayout, HostileObjectsAreErrorsOrNothing) {
  const char* const specs[] = {R"({})",
                               R"({"nodeName": "n1"})",
                               R"({"nodeName": "n1", "gpus": []})",
                               R"({"nodeName": "n1", "gpus": 3})",
                               R"({"nodeName": "n1", "gpus": [{"gpu": {"a": 1}}]})",
                               R"({"nodeName": "n1", "gpus": [{"gpu": 0, "instances": ["9z"]}]})",
                               R"({"nodeName": "n1", "gpus": [], "migParted": []})",
                               R"({"nodeName": "n1", "migParted": [{"devices": "some"}]})",
                               R"({"nodeName": ["n1"], "gpus": []})"};
  for (const char* const spec : specs) {
    const Choice choice =
        choose_layout({mig_layout("x", Json::parse(spec))}, "n1", kPool, no_configs);
    EXPECT_FALSE(choice.request) << spec;
    for (const Concerned& one : choice.layouts) EXPECT_TRUE(one.problem) << spec;
  }
  for (const char* const object : {"null", "[]", "7", R"({"spec": []})", R"({"metadata": 1})"}) {
    EXPECT_FALSE(choose_layout({Json::parse(object)}, "n1", kPool, no_configs).request) << object;
  }
}

TEST(WantedLayout, MigPartedsFormMeansTheSame) {
  const Json parted =
      Json::parse(R"([{"devices": "all", "mig-enabled": true, "mig-devices": {"7g.80gb": 1}}])");
  const Choice theirs = choose_layout(
      {mig_layout("x", {{"nodeName", "n1"}, {"migParted", parted}})}, "n1", kPool, no_configs);
  const Choice ours = choose_layout({mig_layout("x", by_name("n1"))}, "n1", kPool, no_configs);
  ASSERT_TRUE(theirs.request && ours.request);
  const mig::Node node = testing::node_of({"1g.10gb@0", "off"});
  const auto a = targets_of(*theirs.request, node), b = targets_of(*ours.request, node);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(*a, *b);
}

TEST(WantedLayout, TheLabelIsFollowedWhenNoMigLayoutGoverns) {
  const mig::Node node = testing::node_of({"1g.10gb@0"});
  const Configs configs = [] {
    const auto document = parse_yaml("configs", R"({"version": "v1", "mig-configs": {"all-1g.10gb":
      [{"devices": "all", "mig-enabled": true, "mig-devices": {"1g.10gb": 7}}]}})");
    return partition::read_parted(*document);
  };
  NodeLabels labels = {{kConfigLabel, "all-1g.10gb"}};
  Choice choice = choose_layout({}, "n1", labels, configs);
  ASSERT_TRUE(choice.request);
  EXPECT_TRUE(choice.request->by_label);
  EXPECT_EQ(targets_of(*choice.request, node)->at(0).instances.size(), 7u);

  labels[kConfigLabel] = "all-1g.10bg";
  choice = choose_layout({}, "n1", labels, configs);
  EXPECT_FALSE(choice.request);
  ASSERT_TRUE(choice.label_problem);
  EXPECT_NE(choice.label_problem->describe().find("all-1g.10gb"), std::string::npos)
      << "names the nearest";

  choice = choose_layout({mig_layout("one", by_name("n1"))}, "n1", labels, configs);
  ASSERT_TRUE(choice.request);
  EXPECT_FALSE(choice.request->by_label);
  ASSERT_TRUE(choice.label_problem);
  EXPECT_EQ(choice.label_problem->code, Code::kConflict);
}

TEST(WantedLayout, AChangedObjectIsAnotherRequest) {
  const Request first = testing::request_for({{"gpus", kGpus}}, 1);
  const Request second = testing::request_for({{"gpus", kGpus}}, 2);
  EXPECT_NE(first.key(), second.key());
}

}  // namespace

}  // namespace septet::agent
