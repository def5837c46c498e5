// From one deployment to another, file to table; no driver is asked.
#include <gtest/gtest.h>

#include "layouts_of_tests.h"

namespace septet::e2e {
namespace {

TEST(Transition, IsPlannedFromTwoFiles) {
  const std::string files = "--from " + source_dir() + "/examples/deployment-night.yaml --to " +
                            source_dir() + "/examples/deployment-day.yaml";
  const auto plan = septet("plan " + files);
  ASSERT_EQ(plan.code, 2) << plan.err;
  EXPECT_NE(plan.out.find("fewer cannot do"), std::string::npos) << plan.out;
  const auto told = septet("plan --json " + files);
  ASSERT_EQ(told.code, 2) << told.err;
  const Json json = Json::parse(told.out);
  EXPECT_EQ(json["starts"], json["least_starts"]);
  EXPECT_FALSE(json["cuts"].empty());
}

TEST(Transition, SaysHowManySpareGpusWouldDo) {
  const Node node("--gpus 1");
  const std::string from =
      node.write("from.yaml", "deployment: [{product: a30-24gb, runs: {4g.24gb@0: chat}}]\n");
  const std::string to = node.write(
      "to.yaml", "deployment: [{product: a30-24gb, runs: {2g.12gb@0: chat, 2g.12gb@2: chat}}]\n");
  const std::string files = "--from " + from + " --to " + to;
  const auto stuck = septet("plan " + files);
  EXPECT_EQ(stuck.code, 3) << stuck.out;
  EXPECT_NE(stuck.err.find("--spare 1"), std::string::npos) << stuck.err;
  EXPECT_EQ(septet("plan --spare 1 " + files).code, 2);
  EXPECT_EQ(septet("plan --from " + from + " --to " + from).code, 0);
  EXPECT_EQ(septet("plan --from " + from).code, 1);
}

// What is written for apply is applied, stage after stage, to a node of four GPUs.
TEST(Transition, IsAppliedStageByStage) {
  const Node node("--gpus 4 --product a100-80gb --mig on");
  const std::string before = node.write("before.yaml",
                                        "gpus:\n"
                                        "- {gpu: 0, instances: [\"7g.80gb:0\"]}\n"
                                        "- {gpu: 1, instances: [\"3g.40gb:0\", \"3g.40gb:4\"]}\n"
                                        "- {gpu: 2, instances: [\"4g.40gb:0\", \"2g.20gb:4\", "
                                        "\"1g.10gb:6\"]}\n");
  ASSERT_EQ(node.septet("apply " + before).code, 0);
  const std::string file = node.write("stages.yaml", "");
  const auto plan = septet("plan --from " + source_dir() + "/examples/deployment-night.yaml --to " +
                           source_dir() + "/examples/deployment-day.yaml --layouts " + file);
  ASSERT_EQ(plan.code, 2) << plan.err;
  std::size_t stages = 0;
  while (read_file(file).find("step-" + std::to_string(stages + 1) + ":") != std::string::npos) {
    const std::string stage = file + " -c step-" + std::to_string(++stages);
    const auto applied = node.septet("apply " + stage);
    ASSERT_EQ(applied.code, 0) << stage << applied.err << read_file(file);
    EXPECT_EQ(node.septet("assert " + stage).code, 0);
  }
  EXPECT_GT(stages, 2u);
  EXPECT_NE(plan.out.find("step-" + std::to_string(stages)), std::string::npos) << plan.out;
  EXPECT_EQ(held_by(node, 0), "4g.40gb@0 3g.40gb@4");
  EXPECT_EQ(held_by(node, 1), "2g.20gb@0 2g.20gb@2 3g.40gb@4");
  EXPECT_EQ(held_by(node, 2), "7g.80gb@0");
  EXPECT_EQ(held_by(node, 3), "");
}

TEST(Transition, IsNotMixedWithOtherPlans) {
  const std::string night = source_dir() + "/examples/deployment-night.yaml";
  const auto both = septet("plan " + night + " --from " + night + " --to " + night);
  EXPECT_EQ(both.code, 1);
  EXPECT_NE(both.err.find("plans by itself"), std::string::npos) << both.err;
}

}  // namespace
}  // namespace septet::e2e
