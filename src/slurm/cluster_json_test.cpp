#include "slurm/cluster_json.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace septet::slurm {
namespace {

// As Slurm 22.05.8 wrote it, without the fields that nobody reads here.
const char* const kNode = R"json({"name":"gn0","state":"mixed",
  "state_flags":["DRAIN","DYNAMIC_NORM"],"gres":"gpu:3g.40gb:1(S:0),gpu:1g.10gb:2",
  "gres_used":"gpu:3g.40gb:1(IDX:0),gpu:1g.10gb:0(IDX:N/A)","features":"mig,x","cpus":16,
  "alloc_cpus":1,"sockets":16,"cores":1,"threads":1,"weight":1,"real_memory":1000,
  "slurmd_start_time":1795926345,"reason":"z"})json";
const char* const kJob = R"json({"job_id":7,"job_state":"RUNNING","name":"wrap","user_name":"root",
  "partition":"mig","state_reason":"None","nodes":"gn0","required_nodes":"","features":"",
  "tres_per_node":"gres:gpu:3g.40gb:1","tres_per_job":"","tres_per_socket":"","tres_per_task":"",
  "gres_detail":["gpu:3g.40gb:1(IDX:0)"],"node_count":1,"cpus":1,"priority":4294901759,
  "submit_time":1795926108,"dependency":""})json";

std::string listed(const char* list, const std::string& one) {
  return std::string(R"({"errors":[],")") + list + "\":[" + one + "]}";
}

TEST(ClusterJson, NodesOf2205) {
  const auto nodes = parse_slurm_nodes(listed("nodes", kNode));
  ASSERT_TRUE(nodes) << nodes.error().describe();
  const SlurmNode& node = nodes->at(0);
  EXPECT_TRUE(node.drained() && node.dynamic() && node.up());
  ASSERT_EQ(node.offers.size(), 2u);
  EXPECT_EQ(node.offers[1].count, 2u);
  EXPECT_EQ(node.used[0].count, 1u);
  EXPECT_EQ(node.features, (std::vector<std::string>{"mig", "x"}));
  EXPECT_EQ(node.slurmd_start, 1795926345);
}

TEST(ClusterJson, NodesOfLaterVersions) {
  Json node = Json::parse(kNode);
  node["state"] = {"IDLE"};
  node.erase("state_flags");
  EXPECT_TRUE(parse_slurm_nodes(listed("nodes", node.dump())));
  node["state"] = {"IDLE", "DYNAMIC_NORM"};
  node["features"] = {"mig"};
  node["slurmd_start_time"] = {{"set", true}, {"infinite", false}, {"number", 5}};
  const auto nodes = parse_slurm_nodes(listed("nodes", node.dump()));
  ASSERT_TRUE(nodes) << nodes.error().describe();
  EXPECT_EQ(nodes->at(0).state, "idle");
  EXPECT_TRUE(nodes->at(0).dynamic());
  EXPECT_EQ(nodes->at(0).slurmd_start, 5);
}

TEST(ClusterJson, Jobs) {
  const auto jobs = parse_slurm_jobs(listed("jobs", kJob));
  ASSERT_TRUE(jobs) << jobs.error().describe();
  const SlurmJob& job = jobs->at(0);
  EXPECT_TRUE(job.holds_nodes());
  EXPECT_EQ(job.per_node.at(0).type, "3g.40gb");
  EXPECT_EQ(device_indices(job.gres_detail.at(0)), std::vector<unsigned>{0});
}

// A field that is missing or of another kind is an error that names it, never a zero.
TEST(ClusterJson, EveryFieldIsAskedFor) {
  const Json node = Json::parse(kNode), job = Json::parse(kJob);
  for (const auto& [key, value] : node.items()) {
    Json without = Json::parse(kNode);
    without.erase(key);
    const auto nodes = parse_slurm_nodes(listed("nodes", without.dump()));
    ASSERT_FALSE(nodes) << key;
    EXPECT_EQ(nodes.error().code, Code::kUnavailable);
    EXPECT_NE(nodes.error().what.find(key), std::string::npos) << nodes.error().what;
    Json other = Json::parse(kNode);
    other[key] = Json{{"a", 1}};
    EXPECT_FALSE(parse_slurm_nodes(listed("nodes", other.dump()))) << key;
  }
  for (const auto& [key, value] : job.items()) {
    Json without = Json::parse(kJob);
    without.erase(key);
    EXPECT_FALSE(parse_slurm_jobs(listed("jobs", without.dump()))) << key;
  }
}

TEST(ClusterJson, WhatIsNoAnswerIsAnError) {
  for (const char* bad :
       {"", "slurm_load_node error", "[]", "{}", R"({"nodes":3})", R"({"nodes":[3]})",
        R"({"errors":[{"error":"x"}],"nodes":[]})", R"({"nodes":[{"name":)"})
    EXPECT_FALSE(parse_slurm_nodes(bad)) << bad;
  EXPECT_TRUE(parse_slurm_nodes(R"({"nodes":[]})"));
}

TEST(DeviceIndices, Table) {
  EXPECT_EQ(device_indices("gpu:1g.10gb:3(IDX:1-2,5)"), (std::vector<unsigned>{1, 2, 5}));
  EXPECT_EQ(device_indices("gpu:a:1(IDX:0),gpu:b:1(IDX:3)"), (std::vector<unsigned>{0, 3}));
  EXPECT_EQ(device_indices("gpu:a:0(IDX:N/A)"), std::nullopt);
  EXPECT_EQ(device_indices("gpu:1"), std::nullopt);
  EXPECT_EQ(device_indices("gpu:a:1(IDX:x)"), std::nullopt);
}

}  // namespace
}  // namespace septet::slurm
