// The example of docs/planning.md, from its files to what people and programs see.
#include "cli/transition_text.h"

#include <gtest/gtest.h>

#include "partition/deployment_file.h"

namespace septet::cli {
namespace {

plan::TransitionProblem example() {
  const std::string folder = SEPTET_SOURCE_DIR "/examples/deployment-";
  const auto from = read_yaml_file(folder + "night.yaml"), to = read_yaml_file(folder + "day.yaml");
  EXPECT_TRUE(from && to);
  const auto problem = partition::read_transition(*from, *to, 0);
  EXPECT_TRUE(problem) << problem.error().what;
  return *problem;
}

TEST(TransitionText, TellsStepsAndBounds) {
  const auto problem = example();
  const auto transition = plan::plan_transition(problem);
  ASSERT_TRUE(transition) << transition.error().what;
  const std::string text = transition_text(problem, *transition);
  EXPECT_NE(text.find("1 replica not touched"), std::string::npos) << text;
  EXPECT_NE(text.find("fewer cannot do"), std::string::npos) << text;
  const Json json = transition_json(problem, *transition);
  EXPECT_EQ(json["starts"], transition->starts);
  ASSERT_EQ(json["steps"].size(), transition->steps.size());
  const auto last = json["cuts"].back()["instances"].size();
  EXPECT_GT(last, 0u);
}

TEST(TransitionText, SaysWhenThereIsNothingToDo) {
  auto problem = example();
  problem.to = problem.from;
  const auto transition = plan::plan_transition(problem);
  ASSERT_TRUE(transition) << transition.error().what;
  EXPECT_EQ(transition_text(problem, *transition),
            "nothing to do: the two deployments are the same\n");
}

}  // namespace
}  // namespace septet::cli
