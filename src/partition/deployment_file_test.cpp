#include "partition/deployment_file.h"

#include <gtest/gtest.h>

namespace septet::partition {
namespace {

constexpr const char* kFrom =
    "deployment:\n"
    "  - product: a100-80gb\n"
    "    runs: {3g.40gb@0: chat, 3g.40gb@4: idle}\n"
    "  - {product: a30-24gb, name: small, gpus: 2, runs: {4g.24gb@0: embed}}\n"
    "services:\n"
    "  chat: {load: 12.5}\n";
constexpr const char* kTo =
    "deployment:\n"
    "  - product: a100-80gb\n"
    "    runs: {7g.80gb@0: chat}\n"
    "  - {product: a30-24gb, gpus: 2, runs: {2g.12gb@0: embed, 2g.12gb@2: embed}}\n"
    "services:\n"
    "  embed: {gives: {2g.12gb: 40, 4g.24gb: 70.5}, floor: 60}\n";

YamlDocument document(const std::string& name, const std::string& text) {
  auto parsed = parse_yaml(name, text);
  EXPECT_TRUE(parsed.has_value());
  return *parsed;
}

TEST(DeploymentFile, IsReadFromTwoFiles) {
  const auto problem = read_transition(document("a", kFrom), document("b", kTo), 1);
  ASSERT_TRUE(problem) << problem.error().what;
  ASSERT_EQ(problem->gpus.size(), 4u);
  EXPECT_EQ(problem->gpus[0].name, "GPU 0");
  EXPECT_EQ(problem->gpus[1].name, "small");
  EXPECT_EQ(problem->gpus[3].name, "spare 0");
  EXPECT_TRUE(problem->spare(3));
  ASSERT_EQ(problem->services.size(), 2u);
  const auto& chat = problem->services[0];
  EXPECT_EQ(chat.name, "chat");
  EXPECT_EQ(chat.load_seconds, 12.5);
  EXPECT_EQ(chat.floor, 1000);  // one replica before, one after
  EXPECT_EQ(chat.gives.size(), 2u);
  const auto& embed = problem->services[1];
  EXPECT_EQ(embed.floor, 60'000);
  EXPECT_EQ(problem->gives(problem->from[2][0]), 70'500);
  EXPECT_EQ(problem->to[1].size(), 2u);
  EXPECT_EQ(problem->from[0][1].service, plan::kIdle);
  EXPECT_TRUE(plan::check(*problem));
}

TEST(DeploymentFile, LocatesEveryMistake) {
  struct Case {
    std::string from, to, complaint;
  };
  const std::string head = "deployment: [{product: a100-80gb, runs: {";
  const std::string good = head + "3g.40gb@0: chat}}]\n";
  const Case cases[] = {
      {"deployment: []\n", good, "a:1:13: deployment must be a list of GPUs"},
      {"deployment: [{gpus: 1}]\n", good, "a:1:14: this GPU has no product"},
      {"deployment: [{product: a100}]\n", good,
       "a:1:24: product \"a100\" is not in septet's tables"},
      {head + "3g.40gb: chat}}]\n", good, "\"3g.40gb\" does not say where it starts"},
      {head + "3g.40gb@2: chat}}]\n", good, "a:1:42: 3g.40gb cannot start at \"2\""},
      {head + "3g.40gb@0: chat, 4g.40gb@0: chat}}]\n", good, "taken by another instance"},
      {good, "deployment: [{product: a30-24gb}]\n", "b: GPU 0 is a a30-24gb, and was a a100-80gb"},
      {good, "deployment: [{product: a100-80gb, gpus: 2}]\n", "b: 2 GPUs are listed, and were 1"},
      {good, good + "services: {chta: {floor: 1}}\n", "b:2:12: no GPU runs \"chta\""},
      {good, good + "services: {chat: {floor: -1}}\n", "b:2:26: floor \"-1\" is not a number"},
      {good, good + "services: {chat: {gives: {3g.20gb: 1}}}\n", "no GPU here has a profile"},
      {good, good + "services: {chat: {give: 1}}\n", "give"},
  };
  for (const Case& one : cases) {
    const auto problem = read_transition(document("a", one.from), document("b", one.to), 0);
    ASSERT_FALSE(problem) << one.complaint;
    EXPECT_EQ(problem.error().code, Code::kInvalidArgument);
    EXPECT_NE(problem.error().what.find(one.complaint), std::string::npos) << problem.error().what;
  }
}

}  // namespace
}  // namespace septet::partition
