// The main job: workloads -> plan -> instances -> picture; the second time there is nothing to do.
#include <gtest/gtest.h>

#include "program.h"

namespace septet::e2e {
namespace {

TEST(MainJob, PlansAppliesAndThenHasNothingToDo) {
  const Node node("--gpus 8 --product h100-sxm5-80gb --mig on");
  const std::string file = source_dir() + "/examples/inference-mix.yaml";

  const auto plan = node.septet("plan " + file);
  ASSERT_EQ(plan.code, 2) << plan.err;
  EXPECT_TRUE(node.json("status")["gpus"][0]["gpu_instances"].empty())
      << "plan may not change anything";

  const auto apply = node.septet("apply " + file);
  ASSERT_EQ(apply.code, 0) << apply.err << apply.out;

  std::size_t instances = 0, compute = 0;
  const Json after = node.json("status");
  for (const Json& gpu : after["gpus"]) {
    for (const Json& gi : gpu["gpu_instances"]) {
      ++instances;
      compute += gi["compute_instances"].size();
    }
  }
  EXPECT_GE(instances, 12u);
  EXPECT_EQ(instances, compute);

  const auto again = node.septet("plan " + file);
  EXPECT_EQ(again.code, 0) << again.out;
  EXPECT_NE(again.out.find("nothing to do"), std::string::npos) << again.out;
  EXPECT_EQ(node.septet("apply " + file).code, 0);
  EXPECT_EQ(node.json("status")["slices"], after["slices"]);
}

TEST(MainJob, TurnsMigModeOnWhereItIsOff) {
  const Node node("--gpus 8 --product h100-sxm5-80gb");
  const std::string file = source_dir() + "/examples/inference-mix.yaml";
  ASSERT_EQ(node.septet("apply " + file).code, 0);
  EXPECT_EQ(node.septet("plan " + file).code, 0);
}

TEST(MainJob, ExportDescribesTheNodeSoThatDiffFindsNothing) {
  const Node node("--gpus 2 --product a100-80gb --mig on");
  ASSERT_EQ(node.septet("smi mig -i 0 -cgi 9,14,19 -C").code, 0);
  const auto exported = node.septet("export");
  ASSERT_EQ(exported.code, 0) << exported.err;
  const std::string file = node.state() + ".yaml";
  FILE* f = std::fopen(file.c_str(), "w");
  ASSERT_NE(f, nullptr);
  std::fputs(exported.out.c_str(), f);
  std::fclose(f);
  const auto diff = node.septet("diff -f " + file);
  EXPECT_EQ(diff.code, 0) << diff.out << diff.err << exported.out;
  ASSERT_EQ(node.septet("smi mig -i 0 -dci").code, 0);
  EXPECT_EQ(node.septet("diff -f " + file).code, 2);
}

}  // namespace
}  // namespace septet::e2e
