#include "cli/lab/pods_text.h"

#include <gtest/gtest.h>

#include <limits>
#include <sstream>

namespace septet::cli::lab_verbs {
namespace {

// One trace, two policies; load 100 was never reached by the second order of the first.
ToldPods told_pods() {
  lab::openb::Experiment run;
  run.allocated = {89.98, 95.23, 95.3, 95.39};
  run.allocated_gpu_milli = 9'539;
  run.lost = 2;
  lab::openb::Experiment never = run;
  never.allocated[1] = std::numeric_limits<double>::quiet_NaN();
  lab::openb::PublishedMean published;
  published.allocated = {89.9, 95.2, 95.3, 95.4};
  ToldTrace trace{"default", 8152, {}, std::nullopt};
  trace.policies.push_back({plan::pods::Policy::kFgd, {run, never}, published});
  trace.policies.push_back({plan::pods::Policy::kOurs, {run, run}, std::nullopt});
  return {5, 10, 42, 2, 1.3, {trace}};
}

TEST(PodsTextTest, IsATableThatFitsATerminal) {
  const std::string text = pods_text(told_pods());
  EXPECT_NE(text.find("\nfgd             89.98       -   95.30   95.39   95.39       95.40\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\nours            89.98   95.23   95.30   95.39   95.39           -\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("No bound: the solver's libraries are not installed."), std::string::npos);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80u) << line;
}

TEST(PodsTextTest, JsonSaysWhatIsUnknownAsNull) {
  const Json json = to_json(told_pods());
  const Json& fgd = json["traces"][0]["policies"][0];
  EXPECT_EQ(fgd["reimplemented"], true);
  EXPECT_TRUE(fgd["allocated_percent_at_100"].is_null());
  EXPECT_EQ(fgd["published_percent_at_130"], 95.4);
  EXPECT_EQ(fgd["orders"][1]["seed"], 43);
  EXPECT_TRUE(json["traces"][0]["policies"][1]["published_percent_at_130"].is_null());
  EXPECT_TRUE(json["traces"][0]["no_policy_can_pass_percent"].is_null());
}

}  // namespace
}  // namespace septet::cli::lab_verbs
