// Layout files: planned, applied and asserted; and what is said when one cannot be had.
#include <gtest/gtest.h>

#include "layouts_of_tests.h"

namespace septet::e2e {
namespace {

TEST(Layouts, TheExampleByDayAndByNight) {
  const Node node("--gpus 2 --mig on");
  const std::string example = source_dir() + "/examples/layouts.yaml";
  EXPECT_EQ(node.septet("plan " + example + " -c day").code, 2);
  const auto day = node.septet("apply " + example + " -c day");
  ASSERT_EQ(day.code, 0) << day.err;
  EXPECT_EQ(held_by(node, 0).size(), std::string("1g.10gb@0").size() * 7 + 6);
  EXPECT_EQ(held_by(node, 1), "2g.20gb@0 1g.20gb@2 3g.40gb@4");
  EXPECT_EQ(node.septet("assert " + example + " -c day").code, 0);
  EXPECT_EQ(node.septet("diff " + example + " -c day").out,
            "nothing to do: the node is as " + example + " wants it\n");

  const Json before = node.json("status")["gpus"][0]["gpu_instances"];
  const auto night = node.septet("apply " + example + " -c night");
  ASSERT_EQ(night.code, 0) << night.err;
  EXPECT_EQ(node.json("status")["gpus"][0]["gpu_instances"], before);
  EXPECT_EQ(held_by(node, 1), "7g.80gb@0");
}

TEST(Layouts, WhatIsExportedIsWhatIsThere) {
  const Node node("--gpus 2 --mig on");
  ASSERT_EQ(node.septet("apply " + source_dir() + "/examples/layouts.yaml -c day").code, 0);
  const auto exported = node.septet("export -o layout");
  ASSERT_EQ(exported.code, 0) << exported.err;
  const std::string file = node.write("node.yaml", exported.out);
  EXPECT_EQ(node.septet("assert " + file).code, 0) << exported.out;
  ASSERT_EQ(node.septet("apply " + write_configs(node) + " -c halves").code, 0);
  EXPECT_EQ(node.septet("assert " + file).code, 2);
  ASSERT_EQ(node.septet("apply " + file).code, 0);
  EXPECT_EQ(node.septet("export -o layout").out, exported.out);
}

TEST(Layouts, ARefusalSaysWhatFitsAndWhoWouldHaveToMove) {
  const Node node("--gpus 1 --mig on");
  ASSERT_EQ(node.septet("apply " + node.write("one.yaml",
                                              "gpus:\n- {gpu: 0, instances: "
                                              "[\"3g.40gb:0\"]}\n"))
                .code,
            0);
  const Json gi = node.json("status")["gpus"][0]["gpu_instances"][0];
  const auto user = node.septet("sim process start --gpu 0 --gi " + gi["id"].dump());
  ASSERT_EQ(user.code, 0) << user.err;
  const std::string pid = std::to_string(std::stoi(user.out));

  const auto beside = node.septet(
      "plan " + node.write("four.yaml", "gpus:\n- {gpu: 0, rest: keep, instances: [4g.40gb]}\n"));
  EXPECT_EQ(beside.code, 3);
  EXPECT_NE(beside.err.find("four.yaml:2:3: 4g.40gb does not fit on GPU 0 beside what it holds"),
            std::string::npos)
      << beside.err;
  EXPECT_NE(beside.err.find("move 3g.40gb from 0 to 4, in use by pid " + pid), std::string::npos)
      << beside.err;

  const auto asked = node.septet("explain --gpu 0 4g.40gb");
  EXPECT_EQ(asked.code, 3);
  EXPECT_NE(asked.out.find("to make room  move 3g.40gb from 0 to 4"), std::string::npos)
      << asked.out;

  const auto busy =
      node.septet("apply " + node.write("ones.yaml",
                                        "gpus:\n- {gpu: 0, instances: [{profile: 1g.10gb, count: "
                                        "7}]}\n"));
  EXPECT_EQ(busy.code, 4);
  EXPECT_NE(busy.err.find("without stopping anybody, of what is wanted fits: 3x 1g.10gb"),
            std::string::npos)
      << busy.err;
  EXPECT_EQ(held_by(node), "3g.40gb@0");
}

TEST(Layouts, WrongInputsAreRefusedWithTheirPlace) {
  const Node node("--gpus 1 --mig on");
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
           {"gpus:\n- {gpu: 0, instances: [3g.40g]}\n", "l.yaml:2:24: "},
           {"gpus:\n- {gpu: 4, instances: [3g.40gb]}\n", "l.yaml:2:9: this node has no GPU 4"},
           {"gpu:\n- {gpu: 0}\n", "begin it with \"workloads:\", \"gpus:\""}}) {
    const auto outcome = node.septet("apply " + node.write("l.yaml", text));
    EXPECT_EQ(outcome.code, 1) << outcome.err;
    EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
  }
  EXPECT_EQ(held_by(node), "");
}

}  // namespace
}  // namespace septet::e2e
