#include "lab/openb/replay.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "lab/openb/bound.h"
#include "lab/openb/published.h"
#include "plan/linear_program.h"

namespace septet::lab::openb {
namespace {

using plan::pods::Policy;

constexpr std::string_view kNodesText =
    "sn,cpu_milli,memory_mib,gpu,model\n"
    "node-1,96000,100000,8,G2\n"
    "node-0,64000,100000,2,T4\n";
constexpr std::string_view kPodsText =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec\n"
    "pod-1,12000,1000,1,1000,\n"
    "pod-0,4000,1000,1,470,T4|V100\n"
    "pod-2,12000,1000,1,1000,\n"
    "pod-3,8000,1000,0,0,\n";

Cluster cluster_of(std::string_view text) { return *parse_cluster(*parse_csv("nodes.csv", text)); }

std::string complaint_about_nodes(std::string_view text) {
  const auto cluster = parse_cluster(*parse_csv("nodes.csv", text));
  return cluster ? "none" : cluster.error().what;
}

std::string complaint_about_pods(std::string_view text) {
  const auto trace = parse_trace(*parse_csv("pods.csv", text), cluster_of(kNodesText));
  return trace ? "none" : trace.error().what;
}

TEST(OpenbTraceTest, ReadsNodesAndPodsByName) {
  const Cluster cluster = cluster_of(kNodesText);
  ASSERT_EQ(cluster.nodes.size(), 2u);
  EXPECT_EQ(cluster.nodes[0].name, "node-0");
  EXPECT_EQ(cluster.models[cluster.nodes[0].node.model], "T4");
  EXPECT_EQ(cluster.total_gpu_milli(), 10'000);
  const Trace trace = *parse_trace(*parse_csv("pods.csv", kPodsText), cluster);
  EXPECT_EQ(trace.names, (std::vector<std::string>{"pod-0", "pod-1", "pod-2", "pod-3"}));
  EXPECT_EQ(trace.shapes.size(), 3u);  // two ask for the same
  EXPECT_EQ(trace.total_gpu_milli(), 2470);
  const plan::pods::Shape& picky = trace.shapes[trace.shape_of[0]];
  EXPECT_EQ(picky.models, 1u << cluster.nodes[0].node.model);  // the trace has no V100
  EXPECT_EQ(trace.shapes[trace.shape_of[1]].models, ~0u);
}

TEST(OpenbTraceTest, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(complaint_about_nodes("sn,cpu_milli\na,1\n"),
            "nodes.csv:1:1: no column \"memory_mib\" in the first row");
  EXPECT_EQ(complaint_about_nodes("sn\n"), "nodes.csv: no rows below the header");
  EXPECT_EQ(complaint_about_nodes("sn,cpu_milli,memory_mib,gpu,model\na,1,1,9,T4\n"),
            "nodes.csv:2:7: gpu \"9\" is not a whole number from 0 to 8");
  EXPECT_EQ(complaint_about_nodes("sn,cpu_milli,memory_mib,gpu,model\na,1,1,0,\n"),
            "nodes.csv:2:7: a node without a GPU");
  EXPECT_EQ(complaint_about_nodes("sn,cpu_milli,memory_mib,gpu,model\na,1,1,1,A\na,1,1,1,A\n"),
            "nodes.csv: node \"a\" twice");
  const std::string header = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n";
  EXPECT_EQ(complaint_about_pods(header + "a,1.5,1,1,1000\n"),
            "pods.csv:2:3: cpu_milli \"1.5\" is not a whole number from 0 to 100000000");
  EXPECT_EQ(complaint_about_pods(header + "a,1,1,2,500\n"),
            "pods.csv:2:9: a pod of several GPUs takes whole ones: gpu_milli 1000");
  EXPECT_EQ(complaint_about_pods(header + "a,1,1,0,500\n"),
            "pods.csv:2:9: num_gpu and gpu_milli disagree: one of them is 0");
  EXPECT_EQ(complaint_about_pods(header + "a,1,1,0,0\na,1,1,0,0\n"), "pods.csv: pod \"a\" twice");
}

TEST(OpenbArrivalsTest, EveryPodComesOnceThenMoreUntilTheLoad) {
  const Cluster cluster = cluster_of(kNodesText);
  const Trace trace = *parse_trace(*parse_csv("pods.csv", kPodsText), cluster);
  const Arrivals arrivals = simulator_arrivals(cluster, trace, 1.3, 42);
  EXPECT_EQ(std::set<std::uint32_t>(arrivals.pods.begin(), arrivals.pods.begin() + 4).size(), 4u);
  EXPECT_EQ(std::set<std::uint32_t>(arrivals.nodes.begin(), arrivals.nodes.end()).size(), 2u);
  std::int64_t asked = 0;
  for (const std::uint32_t pod : arrivals.pods)
    asked += trace.shapes[trace.shape_of[pod]].total_gpu_milli();
  EXPECT_LE(asked, 13'000);
  EXPECT_GT(asked, 12'000);
  EXPECT_EQ(simulator_arrivals(cluster, trace, 1.3, 42).pods, arrivals.pods);
  // Less than the trace asks for: pods are dropped until it fits.
  const Arrivals few = simulator_arrivals(cluster, trace, 0.2, 42);
  EXPECT_LT(few.pods.size(), 4u);
}

TEST(OpenbReplayTest, CountsWhatIsAllocatedAndLost) {
  const Cluster cluster = cluster_of(kNodesText);
  const Trace trace = *parse_trace(*parse_csv("pods.csv", kPodsText), cluster);
  const Arrivals arrivals = simulator_arrivals(cluster, trace, 1.3, 42);
  for (const Policy policy : plan::pods::kPolicies) {
    const Experiment run = replay(cluster, trace, arrivals, policy, 1);
    ASSERT_EQ(run.placed.size(), arrivals.pods.size());
    std::int64_t allocated = 0;
    std::size_t lost = 0;
    for (std::size_t i = 0; i < run.placed.size(); ++i) {
      if (run.placed[i]) {
        allocated += trace.shapes[trace.shape_of[arrivals.pods[i]]].total_gpu_milli();
      } else {
        ++lost;
      }
    }
    EXPECT_EQ(run.allocated_gpu_milli, allocated) << to_string(policy);
    EXPECT_EQ(run.lost, lost);
    EXPECT_LE(allocated, cluster.total_gpu_milli());
  }
}

// Thirteen pods of a GPU each for ten GPUs: every load in steps of ten percent.
TEST(OpenbReplayTest, MeasuresAtTheLoadThatHasCome) {
  const Cluster cluster = cluster_of(kNodesText);
  std::string pods = "name,cpu_milli,memory_mib,num_gpu,gpu_milli\n";
  for (const char name : std::string_view("abcdefghijklm"))
    pods += std::string{name} + ",1,1,1,1000\n";
  const Trace trace = *parse_trace(*parse_csv("pods.csv", pods), cluster);
  const Arrivals arrivals = simulator_arrivals(cluster, trace, 1.3, 42);
  for (const Policy policy : plan::pods::kPolicies) {
    const Experiment run = replay(cluster, trace, arrivals, policy, 1);
    EXPECT_EQ(run.allocated, (std::array<double, 4>{90, 100, 100, 100})) << to_string(policy);
    EXPECT_EQ(run.lost, 3u);
  }
}

TEST(OpenbReplayTest, AnEmptyWorkloadIsNotALoad) {
  const Cluster cluster = cluster_of(kNodesText);
  const Trace trace = *parse_trace(
      *parse_csv("pods.csv", "name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,1,1,0,0\n"), cluster);
  const Arrivals arrivals = simulator_arrivals(cluster, trace, 1.3, 42);
  EXPECT_EQ(arrivals.pods.size(), 1u);
  const Experiment run = replay(cluster, trace, arrivals, Policy::kOurs, 1);
  EXPECT_EQ(run.lost, 0u);
  EXPECT_TRUE(std::isnan(run.allocated[3]));
}

TEST(OpenbBoundTest, IsWhatCpuAndGpusAllow) {
  if (!plan::solver_ready()) GTEST_SKIP() << "no solver library on this machine";
  // Pods of one GPU and 16 cores: node-1 has CPU for six, node-0 GPUs for two.
  const Cluster cluster = cluster_of(kNodesText);
  const Trace trace = *parse_trace(
      *parse_csv("pods.csv", "name,cpu_milli,memory_mib,num_gpu,gpu_milli\na,16000,1,1,1000\n"),
      cluster);
  const auto bounds = fluid_bounds(cluster, trace, 1.3);
  ASSERT_TRUE(bounds);
  EXPECT_NEAR(bounds->any_policy, 80, 1e-6);
  EXPECT_NEAR(bounds->even, 100, 1e-6);
}

TEST(OpenbPublishedTest, IsFoundByTraceAndPolicy) {
  const auto means = parse_published(*parse_csv(
      "expected.csv",
      "workload,policy,alloc_at_90_mean,alloc_at_100_mean,alloc_at_110_mean,alloc_at_130_mean\n"
      "openb_pod_list_default,06-FGD,89.981,95.227,95.296,95.391\n"));
  ASSERT_TRUE(means);
  const auto* fgd = published_for(*means, "default", Policy::kFgd);
  ASSERT_NE(fgd, nullptr);
  EXPECT_DOUBLE_EQ(fgd->allocated[3], 95.391);
  EXPECT_EQ(published_for(*means, "cpu050", Policy::kFgd), nullptr);
  const auto wrong = parse_published(*parse_csv(
      "expected.csv",
      "workload,policy,alloc_at_90_mean,alloc_at_100_mean,alloc_at_110_mean,alloc_at_130_mean\n"
      "openb_pod_list_default,07-Best,1,2,3,4\n"));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().what, "expected.csv:2:24: unknown policy");
}

// ---- the published simulator's own runs, where the data is

std::filesystem::path openb_folder() {
  const char* const named = std::getenv("SEPTET_DATA");
  return std::filesystem::path(named != nullptr ? named : SEPTET_SOURCE_DIR "/../shared/data") /
         "openb";
}

CsvTable openb_table(const std::string& name) {
  return *read_csv_file((openb_folder() / name).string());
}

TEST(OpenbGoldenSweep, ArrivalsAndPlacementsAreTheSimulatorsPodByPod) {
  if (!std::filesystem::is_directory(openb_folder()))
    GTEST_SKIP() << "no " << openb_folder() << "; SEPTET_DATA names another folder";
  const Cluster cluster = *parse_cluster(openb_table("openb_node_list_gpu_node.csv"));
  const Trace trace = *parse_trace(openb_table("openb_pod_list_default.csv"), cluster);
  for (const int seed : {42, 47, 51}) {
    const CsvTable order =
        openb_table("pod_order/default_tune1.3_seed" + std::to_string(seed) + ".txt");
    const Arrivals arrivals = simulator_arrivals(cluster, trace, 1.3, seed);
    ASSERT_EQ(arrivals.pods.size(), order.rows.size());
    for (std::size_t i = 0; i < order.rows.size(); ++i)
      ASSERT_EQ(trace.names[arrivals.pods[i]], "openb-pod-" + order.rows[i][0].text);
  }
  const Arrivals arrivals = simulator_arrivals(cluster, trace, 1.3, 42);
  const Experiment run = replay(cluster, trace, arrivals, Policy::kFgd, 42);
  EXPECT_EQ(run.allocated_gpu_milli, 5'919'410);
  EXPECT_EQ(run.allocated_cpu_milli, 89'928'302);
  EXPECT_EQ(run.lost, 2532u);
  const CsvTable golden = openb_table("golden_fgd_default_seed42_placements.csv");
  for (std::size_t i = 1; i < golden.rows.size(); ++i) {
    const std::string& theirs = golden.rows[i][2].text;
    const auto ours = run.placed[i - 1];
    ASSERT_EQ(ours ? cluster.nodes[*ours].name : "", theirs.empty() ? "" : theirs.substr(5)) << i;
  }
}

}  // namespace
}  // namespace septet::lab::openb
