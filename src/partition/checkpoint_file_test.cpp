#include "partition/checkpoint_file.h"

#include <gtest/gtest.h>

#include "driver/simulated/simulated_driver.h"
#include "partition/testing/scratch_journal.h"

namespace septet::partition {
namespace {

namespace sim = driver::simulated;

mig::Node observed(const sim::NodeState& state) {
  return sim::SimulatedDriver(state).observe().value();
}

std::vector<plan::GpuCut> cuts_of(const mig::Node& node) {
  std::vector<plan::GpuCut> cuts;
  for (const mig::Gpu& gpu : node.gpus) cuts.push_back(plan::cut_of(gpu));
  return cuts;
}

// Read back on a node that is cut otherwise, the checkpoint wants exactly what it was made of.
void expect_round_trip(const sim::NodeState& state, const mig::Node& elsewhere) {
  const auto node = observed(state);
  const auto made = checkpoint_of(node);
  ASSERT_TRUE(made) << made.error().describe();
  const auto document = parse_yaml("checkpoint.json", to_text(made->json));
  ASSERT_TRUE(document) << document.error().describe();
  auto wanted = targets_of_checkpoint(*document, elsewhere);
  ASSERT_TRUE(wanted) << wanted.error().describe() << to_text(made->json);
  auto had = cuts_of(node);
  for (plan::GpuCut& cut : had) {
    for (plan::InstanceCut& instance : cut.instances) {
      for (plan::ComputeCut& compute : instance.compute) compute.uuid.clear();
    }
  }
  for (plan::GpuCut& cut : *wanted) {
    for (plan::InstanceCut& instance : cut.instances)
      std::ranges::sort(instance.compute, {}, [](const auto& one) { return one.at->start; });
  }
  ASSERT_EQ(*wanted, had) << to_text(made->json);
}

void fill(sim::NodeState& state, const mig::Instance& instance, bool in_parts) {
  const auto made = sim::create_gpu_instance(state, 0, instance.profile->id, instance.at);
  ASSERT_EQ(made.status, sim::Status::kSuccess);
  const auto& rows = instance.profile->compute;
  const auto narrow = std::ranges::min_element(rows, {}, &mig::ComputeInstanceProfile::slices);
  const auto* const row = in_parts ? &*narrow : instance.profile->default_compute();
  while (sim::create_compute_instance(state, 0, made.id, row->id, {}).status ==
         sim::Status::kSuccess) {
  }
}

class EveryLayout : public testing::TestWithParam<const char*> {};

TEST_P(EveryLayout, ComesBackToThePlace) {
  const auto empty = scratch_node({GetParam()}, true);
  const auto elsewhere = observed(empty);
  const mig::Geometry& geometry = sim::geometry_of(empty, empty.gpus[0]);
  std::size_t visited = 0;
  mig::visit_layouts(
      geometry, [](const mig::GpuInstanceProfile&) { return true; },
      [&](const mig::Layout& layout) {
        auto state = empty;
        for (const mig::Instance& instance : layout.instances())
          fill(state, instance, visited % 2 == 1);
        expect_round_trip(state, elsewhere);
        ++visited;
      });
  EXPECT_GT(visited, 20u);
  std::printf("%s: %zu layouts\n", GetParam(), visited);
}
INSTANTIATE_TEST_SUITE_P(, EveryLayout, testing::Values("a30-24gb", "h100-sxm5-80gb", "a100-80gb"),
                         [](const auto& row) {
                           std::string name = row.param;
                           std::ranges::replace(name, '-', '_');
                           return name;
                         });

TEST(Checkpoint, ModesAndSeveralGpusComeBack) {
  auto state = scratch_node({"h100-sxm5-80gb", "a100-80gb"}, true);
  state.gpus[1].mig_current = state.gpus[1].mig_pending = 0;
  expect_round_trip(state, observed(scratch_node({"h100-sxm5-80gb", "a100-80gb"}, true)));
}

TEST(Checkpoint, AnEmptyListIsNullAsItsOwnWriterHasIt) {
  const auto made = checkpoint_of(observed(scratch_node({"h100-sxm5-80gb"}, true))).value();
  EXPECT_TRUE(made.json["MigState"]["Devices"][0]["GpuInstances"].is_null());
  EXPECT_TRUE(made.losses.empty());
}

TEST(Checkpoint, WhatItCannotSayIsTold) {
  auto state = scratch_node({"a100-80gb"}, false);
  state.gpus[0].mig_pending = 1;
  EXPECT_EQ(checkpoint_of(observed(state)).value().losses.size(), 1u);
}

TEST(Checkpoint, AGpuThatDoesNotAnswerIsNoEmptyGpu) {
  auto node = observed(scratch_node({"h100-sxm5-80gb"}, true));
  node.gpus[0].problem = "GPU is lost";
  const auto made = checkpoint_of(node);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::kUnavailable);
}

// A file of mig-parted has no places for compute instances: the driver chooses.
TEST(Checkpoint, WithoutComputePlacesTheyAreOpen) {
  const auto node = observed(scratch_node({"h100-sxm5-80gb"}, true));
  const auto document = parse_yaml(
      "c.json", R"({"Version":"v1","MigState":{"Devices":[{"UUID":")" + node.gpus[0].uuid +
                    R"(","MigMode":1,"GpuInstances":[{"ProfileID":2,"Placement":{"Start":4,
                    "Size":4},"ComputeInstances":[{"ProfileID":0,"EngProfileID":0}]}]}]}})");
  const auto wanted = targets_of_checkpoint(document.value(), node);
  ASSERT_TRUE(wanted) << wanted.error().describe();
  EXPECT_EQ(plan::to_string((*wanted)[0]), "GPU 0: MIG on, 3g.40gb@4 (1c.3g.40gb)");
  EXPECT_FALSE((*wanted)[0].instances[0].compute[0].at);
}

struct Wrong {
  const char* rule;
  std::string before, after;  // in a checkpoint that is right
  Code code;
  const char* said;
};

class WrongCheckpoint : public testing::TestWithParam<Wrong> {};

constexpr const char* kRight = R"({"Version": "v1", "MigState": {"Devices": [
{"UUID": "HERE", "MigMode": 1, "GpuInstances": [
{"ProfileID": 2, "Placement": {"Start": 4, "Size": 4}, "ComputeInstances": [
{"ProfileID": 0, "EngProfileID": 0, "Placement": {"Start": 0, "Size": 1}},
{"ProfileID": 0, "EngProfileID": 0}]}]}]}}
)";

void replace(std::string& text, const std::string& before, const std::string& after) {
  const auto at = text.find(before);
  ASSERT_NE(at, std::string::npos) << before;
  text.replace(at, before.size(), after);
}

TEST_P(WrongCheckpoint, IsAnErrorWithItsPlace) {
  const auto node = observed(scratch_node({"h100-sxm5-80gb"}, true));
  std::string text = kRight;
  replace(text, GetParam().before, GetParam().after);
  if (text.contains("HERE")) replace(text, "HERE", node.gpus[0].uuid);
  const auto document = parse_yaml("c.json", text);
  ASSERT_TRUE(document) << document.error().describe();
  const auto wanted = targets_of_checkpoint(*document, node);
  ASSERT_FALSE(wanted) << text;
  EXPECT_EQ(wanted.error().code, GetParam().code);
  EXPECT_NE(wanted.error().describe().find(GetParam().said), std::string::npos)
      << wanted.error().describe();
  EXPECT_TRUE(wanted.error().describe().starts_with("c.json:")) << wanted.error().describe();
}
INSTANTIATE_TEST_SUITE_P(
    , WrongCheckpoint,
    testing::Values(
        Wrong{"version", "\"v1\"", "\"v2\"", Code::kInvalidArgument, "c.json:1:13: version \"v2\""},
        Wrong{"no_version", "\"Version\": \"v1\", ", "", Code::kInvalidArgument, "Version is"},
        Wrong{"unknown_key", "MigMode", "MigMod", Code::kInvalidArgument, "did you mean MigMode"},
        Wrong{"missing_key", "\"MigMode\": 1, ", "", Code::kInvalidArgument, "MigMode is missing"},
        Wrong{"other_node", "HERE", "GPU-0", Code::kNotFound, "c.json:2:10: this node has no GPU"},
        Wrong{"mode_2", "\"MigMode\": 1", "\"MigMode\": 2", Code::kInvalidArgument, "c.json:2:"},
        Wrong{"mode_0", "\"MigMode\": 1", "\"MigMode\": 0", Code::kInvalidArgument, "MigMode is 0"},
        Wrong{"profile", "\"ProfileID\": 2", "\"ProfileID\": 77", Code::kInvalidArgument,
              "has no profile 77"},
        Wrong{"start", "\"Start\": 4", "\"Start\": 1", Code::kInvalidArgument,
              "3g.40gb cannot be at 1"},
        Wrong{"size", "\"Size\": 4", "\"Size\": 3", Code::kInvalidArgument, "with size 3"},
        Wrong{"huge", "\"Start\": 4", "\"Start\": 4294967300", Code::kInvalidArgument, "c.json:3:"},
        Wrong{"negative", "\"Start\": 4", "\"Start\": -4", Code::kInvalidArgument, "c.json:3:"},
        Wrong{"compute_profile", "\"ProfileID\": 0", "\"ProfileID\": 4", Code::kInvalidArgument,
              "no compute instance profile 4"},
        Wrong{"compute_too_many", "\"ProfileID\": 0, \"EngProfileID\": 0}",
              "\"ProfileID\": 2, \"EngProfileID\": 0}", Code::kInvalidArgument, "take 4"},
        Wrong{"compute_place", "\"Start\": 0", "\"Start\": 5", Code::kInvalidArgument,
              "1c.3g.40gb cannot be at 5"},
        Wrong{"engine", "\"EngProfileID\": 0, ", "\"EngProfileID\": 1, ", Code::kInvalidArgument,
              "EngProfileID"}),
    [](const auto& row) { return std::string(row.param.rule); });

TEST(Checkpoint, ANumberIsNoList) {
  const auto node = observed(scratch_node({"h100-sxm5-80gb"}, true));
  const auto document = parse_yaml("c.json", R"({"Version": "v1", "MigState": {"Devices": 7}})");
  const auto wanted = targets_of_checkpoint(document.value(), node);
  ASSERT_FALSE(wanted);
  EXPECT_TRUE(wanted.error().what.ends_with("Devices must be a list")) << wanted.error().what;
}

// A GPU that is lost cannot tell its UUID either.
TEST(Checkpoint, AGpuThatMayBeTheLostOneIsNotCalledMissing) {
  auto node = observed(scratch_node({"h100-sxm5-80gb"}, true));
  const auto document = parse_yaml("c.json", to_text(checkpoint_of(node).value().json));
  node.gpus[0].uuid.clear();
  node.gpus[0].problem = "GPU is lost";
  const auto wanted = targets_of_checkpoint(document.value(), node);
  ASSERT_FALSE(wanted);
  EXPECT_EQ(wanted.error().code, Code::kUnavailable);
}

TEST(Checkpoint, InstancesThatOverlapAreRefused) {
  const auto node = observed(scratch_node({"h100-sxm5-80gb"}, true));
  std::string text = kRight;
  replace(text, "HERE", node.gpus[0].uuid);
  replace(text, "\"GpuInstances\": [",
          "\"GpuInstances\": [{\"ProfileID\": 4, \"Placement\": {\"Start\": 0, \"Size\": 8}, "
          "\"ComputeInstances\": null},");
  const auto document = parse_yaml("c.json", text);
  ASSERT_TRUE(document) << document.error().describe();
  const auto wanted = targets_of_checkpoint(*document, node);
  ASSERT_FALSE(wanted);
  EXPECT_TRUE(wanted.error().describe().starts_with("c.json:2:")) << wanted.error().describe();
}

}  // namespace
}  // namespace septet::partition
