#include "slurm/recut.h"

#include <gtest/gtest.h>

#include <fmt/format.h>

namespace septet::slurm {
namespace {

SlurmNode node_with(const std::string& name, const std::string& gres) {
  SlurmNode node;
  node.name = name;
  node.state = "idle";
  node.flags = {"DYNAMIC_NORM"};
  node.gres = gres;
  node.offers = publish::parse_gres(gres).value();
  node.features = {"mig", "mig-h100-sxm5-80gb-x1"};
  node.cpus = 64;
  return node;
}

SlurmJob job_for(std::uint64_t id, const std::string& gres, std::uint64_t priority = 1000) {
  SlurmJob job;
  job.id = id;
  job.state = "PENDING";
  job.per_node = publish::parse_gres(gres).value();
  job.priority = priority;
  return job;
}

const Moment kNoon{1'000'000, 720};
using Waiting = std::vector<std::pair<std::uint64_t, std::string>>;

TEST(Recut, AnIdleNodeIsCutForWhoWaits) {
  const std::vector<SlurmNode> nodes{node_with("a", "gpu:3g.40gb:2"),
                                     node_with("b", "gpu:3g.40gb:2")};
  const auto decision = decide_recuts(
      nodes,
      {job_for(1, "gpu:1g.10gb:1"), job_for(2, "gpu:1g.10gb:2"), job_for(3, "gpu:3g.40gb:1")}, {},
      kNoon);
  EXPECT_EQ(decision.start_anyway, 1u);  // the job for 3g, on a: so b it is
  ASSERT_EQ(decision.recuts.size(), 1u);
  EXPECT_EQ(decision.recuts[0].node, "b");
  EXPECT_EQ(decision.recuts[0].starts, (std::vector<std::uint64_t>{1, 2}));
  // Three 1g where they leave room for a 3g as before.
  ASSERT_EQ(decision.recuts[0].gpus.size(), 1u);
  EXPECT_EQ(decision.recuts[0].gpus[0].size(), 4u) << decision.recuts[0].words()[0];
  EXPECT_TRUE(decision.waiting.empty());
}

TEST(Recut, NodesInUseAreNeverTouched) {
  auto busy = node_with("a", "gpu:3g.40gb:2");
  busy.state = "mixed";
  busy.alloc_cpus = 1;
  busy.used = publish::parse_gres("gpu:3g.40gb:1").value();
  auto drained = node_with("b", "gpu:3g.40gb:2");
  drained.flags.push_back("DRAIN");
  auto down = node_with("c", "gpu:3g.40gb:2");
  down.state = "down";
  auto fixed = node_with("d", "gpu:3g.40gb:2");
  fixed.flags.clear();
  auto strange = node_with("e", "gpu:3g.40gb:2");
  strange.features = {"mig"};
  const auto decision = decide_recuts({busy, drained, down, fixed, strange},
                                      {job_for(1, "gpu:1g.10gb:1")}, {}, kNoon);
  EXPECT_TRUE(decision.recuts.empty());
  ASSERT_EQ(decision.waiting.size(), 1u);
  EXPECT_EQ(decision.notes.size(), 2u);
}

TEST(Recut, TheLastOfferOfATypeIsKept) {
  const auto decision = decide_recuts({node_with("a", "gpu:3g.40gb:1,gpu:4g.40gb:1")},
                                      {job_for(1, "gpu:1g.10gb:1")}, {}, kNoon);
  // 3g, 4g and 1g do not fit together: better that the job waits than that types vanish.
  EXPECT_TRUE(decision.recuts.empty());
  const auto other = decide_recuts(
      {node_with("a", "gpu:3g.40gb:1,gpu:4g.40gb:1"), node_with("b", "gpu:4g.40gb:1")},
      {job_for(1, "gpu:1g.10gb:1")}, {}, kNoon);
  ASSERT_EQ(other.recuts.size(), 1u);
  EXPECT_NE(other.recuts[0].reason.find("3g.40gb is kept"), std::string::npos)
      << other.recuts[0].reason;
}

TEST(Recut, LimitsHold) {
  const std::vector<SlurmNode> nodes{node_with("a", "gpu:3g.40gb:2"),
                                     node_with("b", "gpu:3g.40gb:2"),
                                     node_with("c", "gpu:3g.40gb:2")};
  std::vector<SlurmJob> jobs;
  for (std::uint64_t id = 1; id <= 14; ++id) jobs.push_back(job_for(id, "gpu:1g.10gb:1"));
  const auto count = [&](const RecutLimits& limits) {
    return decide_recuts(nodes, jobs, limits, kNoon).recuts.size();
  };
  EXPECT_EQ(count({1, 600, {}}), 1u);
  EXPECT_EQ(count({3, 600, {}}), 2u);
  EXPECT_EQ(count({3, 2'000'000, {}}), 0u);
  EXPECT_EQ(count({1, 600, std::pair{1200u, 360u}}), 0u);  // 20:00 to 06:00
  EXPECT_EQ(count({1, 600, std::pair{600u, 800u}}), 1u);
  auto under_way = nodes;
  under_way[0].flags.push_back("DRAIN");
  under_way[0].reason = "septet relayout";
  EXPECT_EQ(decide_recuts(under_way, jobs, {1, 600, {}}, kNoon).recuts.size(), 0u);
}

TEST(Recut, JobsThatACutDoesNotHelpAreSaid) {
  auto held = job_for(1, "gpu:1g.10gb:1", 0);
  auto dependent = job_for(2, "gpu:1g.10gb:1");
  dependent.depends = true;
  auto wide = job_for(3, "gpu:1g.10gb:1");
  wide.node_count = 2;
  const auto untyped = job_for(4, "gpu:1");
  const auto impossible = job_for(5, "gpu:9g.99gb:1");
  auto greedy = job_for(6, "gpu:1g.10gb:1");
  greedy.cpus = 1000;
  auto plain = job_for(7, "");
  const auto decision =
      decide_recuts({node_with("a", "gpu:3g.40gb:2")},
                    {held, dependent, wide, untyped, impossible, greedy, plain}, {}, kNoon);
  EXPECT_TRUE(decision.recuts.empty());
  EXPECT_EQ(decision.waiting.size(), 6u);
}

TEST(Recut, PriorityComesFirst) {
  const auto decision =
      decide_recuts({node_with("a", "gpu:3g.40gb:2"), node_with("b", "gpu:3g.40gb:1")},
                    {job_for(1, "gpu:1g.10gb:7", 10), job_for(2, "gpu:7g.80gb:1", 20)}, {}, kNoon);
  ASSERT_EQ(decision.recuts.size(), 1u);
  EXPECT_EQ(decision.recuts[0].starts, std::vector<std::uint64_t>{2});
  EXPECT_EQ(decision.recuts[0].words(), std::vector<std::string>{"0=7g.80gb:0"});
  EXPECT_EQ(decision.waiting, (Waiting{{1, "1 nodes at once is the limit"}}));
}

TEST(Boards, AreReadFromTheFeature) {
  SlurmNode node;
  for (const char* bad : {"mig", "mig-x8", "mig-h100-sxm5-80gb", "mig-h100-sxm5-80gb-x",
                          "mig-nothing-x8", "mig-h100-sxm5-80gb-x0", "mig-h100-sxm5-80gb-x9999"}) {
    node.features = {bad};
    EXPECT_FALSE(boards_of(node)) << bad;
  }
  node.features = {"a", "mig-h100-sxm5-80gb-x8"};
  const auto boards = boards_of(node);
  ASSERT_TRUE(boards);
  EXPECT_EQ(boards->gpus, 8u);
}

}  // namespace
}  // namespace septet::slurm
