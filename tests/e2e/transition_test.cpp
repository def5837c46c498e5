// From one deployment to another, file to table; no driver is asked.
#include <gtest/gtest.h>

#include "program.h"

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

}  // namespace
}  // namespace septet::e2e
