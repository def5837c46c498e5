#include "web/plan_request.h"

#include <gtest/gtest.h>

#include "web/planned.h"

namespace septet::web {

namespace {

Result<PlanRequest> read(const std::string& text) {
  const auto body = TRY(parse_body(text));
  return read_plan_request(body);
}

TEST(PlanRequest, TakesEachForm) {
  const auto gpus =
      read(R"({"gpus":[{"gpu":3,"instances":["3g.40gb:4","1g.10gb"],"rest":"keep"}]})");
  ASSERT_TRUE(gpus) << gpus.error().describe();
  const auto& layout = std::get<partition::NamedLayout>(gpus->wanted);
  ASSERT_EQ(layout.entries.size(), 1u);
  EXPECT_TRUE(layout.entries[0].keep_rest);
  EXPECT_EQ(layout.entries[0].instances[0].start, std::uint8_t{4});
  EXPECT_FALSE(layout.entries[0].instances[1].start);

  const auto off = read(R"({"gpus":[{"gpu":0,"mig":false,"instances":[],"rest":"remove"}]})");
  ASSERT_TRUE(off) << off.error().describe();
  EXPECT_FALSE(std::get<partition::NamedLayout>(off->wanted).entries[0].mig_enabled);

  const auto workloads =
      read(R"({"file":"workloads:\n- name: a\n  memory: 14GiB\n","config":null})");
  ASSERT_TRUE(workloads) << workloads.error().describe();
  EXPECT_EQ(std::get<std::vector<plan::Workload>>(workloads->wanted).size(), 1u);

  const auto parted = read(
      R"({"file":"version: v1\nmig-configs:\n  all-off:\n  - devices: all\n    mig-enabled: false\n"})");
  ASSERT_TRUE(parted) << parted.error().describe();
  EXPECT_EQ(std::get<partition::PartedConfig>(parted->wanted).name, "all-off");

  EXPECT_EQ(std::get<Undo>(read(R"({"undo":"last"})")->wanted).which, "last");
  EXPECT_EQ(std::get<Undo>(read(R"({"undo":7})")->wanted).which, "7");
}

TEST(PlanRequest, RefusesTheRestAndSaysWhere) {
  const std::string deep(100, '[');
  const std::pair<std::string, const char*> table[] = {
      {"", "no JSON"},
      {"{", "byte"},
      {deep, "deeper than 32"},
      {R"({"a":)" + deep, "deeper"},
      {"[]", "an object"},
      {"null", "an object"},
      {"1e999", "too large"},
      {"{}", "exactly one"},
      {R"({"undo":"last","file":""})", "exactly one"},
      {R"({"gups":[]})", "gpus"},
      {R"({"gpus":[]})", "list of 1 to"},
      {R"({"gpus":{}})", "list of 1 to"},
      {R"({"gpus":[7]})", "gpus[0]"},
      {R"({"gpus":[{"instances":[]}]})", "names no gpu"},
      {R"({"gpus":[{"gpu":-1}]})", "gpus[0].gpu"},
      {R"({"gpus":[{"gpu":64}]})", "63"},
      {R"({"gpus":[{"gpu":0.5}]})", "whole number"},
      {R"({"gpus":[{"gpu":"0"}]})", "whole number"},
      {R"({"gpus":[{"gpu":0,"mig":"yes"}]})", "true or false"},
      {R"({"gpus":[{"gpu":0,"instances":"3g.40gb"}]})", "list of at most"},
      {R"({"gpus":[{"gpu":0,"instances":[3]}]})", "gpus[0].instances[0]"},
      {R"({"gpus":[{"gpu":0,"instances":["3g.40gb:x"]}]})", "3g.40gb:x"},
      {R"({"gpus":[{"gpu":0,"instances":["../../etc"]}]})", "../../etc"},
      {R"({"gpus":[{"gpu":0,"instances":["1g.10gb"],"rest":"burn"}]})", "rest"},
      {R"({"gpus":[{"gpu":0,"instnces":[]}]})", "instances"},
      {R"({"file":7})", "file"},
      {R"({"file":"hello"})", "workloads"},
      {R"({"file":"a: [1"})", "file:1"},
      {R"({"file":"workloads:\n- name: a\n  memory: 1GiB\n","config":"day"})", "config"},
      {R"({"file":"layouts: {day: [{gpu: 0, instances: []}]}","config":"nigth"})", "day"},
      {R"({"undo":"first"})", "last"},
      {R"({"undo":-1})", "undo"},
      {R"({"undo":7,"config":"x"})", "config"},
  };
  for (const auto& [text, says] : table) {
    const auto got = read(text);
    ASSERT_FALSE(got) << text;
    const std::string told = got.error().describe();
    EXPECT_TRUE(told.contains(says)) << text << "\n" << told;
    EXPECT_FALSE(told.contains("request:")) << told;
  }
}

TEST(PlanRequest, ManyKeysCostNoMoreThanTheirBytes) {
  std::string text = "{";
  for (int key = 0; key < 50'000; ++key) text += "\"k" + std::to_string(key) + "\":0,";
  text.back() = '}';
  EXPECT_FALSE(read(text));
}

}  // namespace

}  // namespace septet::web
