#include "partition/transition_layouts.h"

#include <gtest/gtest.h>

#include "partition/layout_file.h"

namespace septet::partition {
namespace {

TEST(TransitionLayouts, AreLayoutsOfOneNodeStageByStage) {
  const auto& a30 = *mig::find_product("a30-24gb");
  const auto* const whole = a30.geometry.find_name("4g.24gb");
  const auto* const half = a30.geometry.find_name("2g.12gb");
  plan::TransitionProblem problem;
  problem.gpus = {{"left", &a30}, {"right", &a30}};
  problem.services.push_back({"chat\nbot", 2000, 5.0, {{whole, 2000}, {half, 1000}}});
  problem.from = {{{{whole, {0, whole->size}}, 0}}, {}};
  problem.to = {{}, {{{half, {0, half->size}}, 0}, {{half, {2, half->size}}, 0}}};
  const auto transition = plan::plan_transition(problem);
  ASSERT_TRUE(transition) << transition.error().what;
  const std::string text = transition_layouts_text(problem, plan::cut_stages(problem, *transition));
  EXPECT_EQ(text.substr(text.find("layouts:")),
            "layouts:\n"
            "  step-1:\n"
            "  # after: start \"chat\\x0abot\" in 2g.12gb@0 on GPU 1\n"
            "  # after: start \"chat\\x0abot\" in 2g.12gb@2 on GPU 1\n"
            "  - gpu: 1\n"
            "    product: a30-24gb\n"
            "    instances:\n"
            "    - 2g.12gb:0\n"
            "    - 2g.12gb:2\n"
            "  step-2:\n"
            "  # before: stop \"chat\\x0abot\" in 4g.24gb@0 on GPU 0\n"
            "  - gpu: 0\n"
            "    product: a30-24gb\n"
            "    instances: []\n");
  const auto document = parse_yaml("stages", text);
  ASSERT_TRUE(document);
  const auto layouts = read_layouts(*document);
  ASSERT_TRUE(layouts) << layouts.error().what;
  EXPECT_EQ(layouts->size(), 2u);
}

}  // namespace
}  // namespace septet::partition
