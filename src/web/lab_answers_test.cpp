#include "web/lab_answers.h"

#include <gtest/gtest.h>

#include "web/site.h"

namespace septet::web {

namespace {

Result<Json> compare(const std::string& text) {
  const auto body = TRY(parse_body(text));
  const auto request = TRY(read_compare_request(body));
  return compare_scenario(request);
}

TEST(LabAnswers, EveryScenarioIsListedAndRuns) {
  const Json list = scenarios_json()["scenarios"];
  std::size_t files = 0;
  for (const EmbeddedFile& file : lab_files()) files += file.path.ends_with(".yaml") ? 1 : 0;
  ASSERT_EQ(list.size(), files);
  ASSERT_GE(files, 6u);
  for (const Json& one : list) {
    EXPECT_FALSE(one["title"].get<std::string>().empty());
    const auto answer = compare(Json{{"scenario", one["name"]}, {"seconds", 10}}.dump());
    ASSERT_TRUE(answer) << one << answer.error().describe();
    EXPECT_FALSE((*answer)["modes"].empty());
  }
}

TEST(LabAnswers, AFaultIsPlayed) {
  const auto answer = compare(
      R"({"scenario":"seven-detectors","seconds":20,
          "fault":{"kind":"kernel-fault","tenant":"detector#1","at":5}})");
  ASSERT_TRUE(answer) << answer.error().describe();
  EXPECT_FALSE((*answer)["faults"].empty());
}

TEST(LabAnswers, WhatIsWrongIsSaidWithItsPlace) {
  const std::pair<const char*, const char*> table[] = {
      {R"({})", "no scenario"},
      {R"({"scenario":"a","text":"b"})", "two"},
      {R"({"scenario":"../../../etc/passwd"})", "no scenario is called"},
      {R"({"text":"scenario: x\nproduct: a100-80gb\ntenats: []\n"})", "text:3"},
      {R"({"scenario":"small-llms","seconds":1e9})", "120"},
      {R"({"scenario":"small-llms","fault":{"kind":"kernel-falt","tenant":"x"}})", "kernel-fault"},
      {R"({"scenario":"seven-detectors","seconds":5,"fault":{"kind":"gpu-lost","tenant":"nobody"}})",
       "nobody"}};
  for (const auto& [text, says] : table) {
    const auto answer = compare(text);
    ASSERT_FALSE(answer) << text;
    EXPECT_TRUE(answer.error().describe().contains(says)) << answer.error().describe();
  }
}

TEST(LabAnswers, TooMuchIsRefusedBeforeItIsSimulated) {
  const auto answer = compare(Json{{"seconds", 120},
                                   {"text",
                                    "scenario: flood\nproduct: a100-80gb\nseconds: 2min\ntenants:\n"
                                    "- name: a\n  replicas: 7\n  kind: requests\n"
                                    "  work: {library: yolos-small}\n"
                                    "  arrivals: {poisson: 5000/s}\n"}}
                                  .dump());
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error().what.contains("more than")) << answer.error().describe();
}

}  // namespace

}  // namespace septet::web
