#include "partition/parted_hooks.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace septet::partition {
namespace {

Result<Hooks> read(const std::string& text) {
  const auto document = TRY(parse_yaml("h.yaml", text));
  return read_hooks(document);
}

class HooksTest : public testing::Test {
 protected:
  HooksTest() {
    std::string name = (std::filesystem::temp_directory_path() / "septet-hooks-XXXXXX").string();
    folder_ = mkdtemp(name.data());
  }
  ~HooksTest() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  std::string text_of(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(file(name)).rdbuf();
    return text.str();
  }
  std::string folder_;
};

TEST_F(HooksTest, SeeNothingButTheirEnvironmentAndRunInTheirFolder) {
  setenv("SEPTET_HOOKS_TEST", "inherited", 1);
  const auto hooks = read(
      "version: v1\nhooks:\n  apply-start:\n"
      "  - {command: /bin/sh, args: [-c, \"/usr/bin/env > seen; /bin/cat >> seen\"], workdir: " +
      folder_ + ", envs: {MINE: \"1\", BOTH: file}}\n");
  ASSERT_TRUE(hooks) << hooks.error().describe();
  const auto done =
      run_hooks(*hooks, HookPoint::kApplyStart, {{{"BOTH", "flag"}, {"ADDED", "2"}}, false});
  ASSERT_TRUE(done) << done.error().describe();
  const std::string seen = text_of("seen");
  EXPECT_NE(seen.find("MINE=1\n"), std::string::npos) << seen;
  EXPECT_NE(seen.find("BOTH=flag\n"), std::string::npos) << seen;
  EXPECT_NE(seen.find("ADDED=2\n"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("SEPTET_HOOKS_TEST"), std::string::npos) << seen;
  EXPECT_EQ(seen.find("HOME="), std::string::npos) << seen;
}

TEST_F(HooksTest, RunInOrderUntilOneFails) {
  const auto hooks = read(
      "hooks:\n  apply-exit:\n"
      "  - {command: touch, args: [" +
      file("first") +
      "]}\n"
      "  - {command: /bin/sh, args: [-c, exit 3]}\n"
      "  - {command: touch, args: [" +
      file("third") + "]}\n");
  ASSERT_TRUE(hooks) << hooks.error().describe();
  EXPECT_TRUE(run_hooks(*hooks, HookPoint::kApplyStart, {}));  // none of these
  const auto done = run_hooks(*hooks, HookPoint::kApplyExit, {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().describe(),
            "the apply-exit hook failed: h.yaml:4:5: \"/bin/sh\" exited with 3\n"
            "  try: --debug shows what it says; run it by hand");
  EXPECT_TRUE(std::filesystem::exists(file("first")));
  EXPECT_FALSE(std::filesystem::exists(file("third")));
}

TEST_F(HooksTest, SayWhyTheyCannotRun) {
  for (const auto& [hook, says] : std::vector<std::pair<std::string, std::string>>{
           {"{command: /nowhere/program}", "cannot be run: No such file"},
           {"{command: septet-no-such-program}", "in no folder of PATH"},
           {"{command: /bin/true, workdir: /nowhere}", "workdir \"/nowhere\" is no folder"},
           {"{command: /bin/sh, args: [-c, \"kill -9 $$\"]}", "killed by signal 9"}}) {
    const auto hooks = read("hooks: {pre-apply-mode: [" + hook + "]}\n");
    ASSERT_TRUE(hooks) << hooks.error().describe();
    const auto done = run_hooks(*hooks, HookPoint::kPreApplyMode, {});
    ASSERT_FALSE(done) << hook;
    EXPECT_EQ(done.error().code, Code::kUnavailable);
    EXPECT_NE(done.error().describe().find(says), std::string::npos) << done.error().describe();
  }
}

TEST(PartedHooks, EveryMistakeHasItsPlace) {
  for (const auto& [text, says] : std::vector<std::pair<std::string, std::string>>{
           {"version: v2\nhooks: {}\n", "h.yaml:1:10: version \"v2\""},
           {"hook: {}\n", "did you mean hooks"},
           {"hooks: {apply-begin: []}\n", "did you mean apply-exit"},
           {"hooks: {apply-start: /bin/true}\n", "must be a list"},
           {"hooks: {apply-start: [{args: [x]}]}\n", "command is missing"},
           {"hooks: {apply-start: [{command: x, arguments: [y]}]}\n", "known: command, args"},
           {"hooks: {apply-start: [{command: x, args: y}]}\n", "args must be a list"},
           {"hooks: {apply-start: [{command: x, envs: {A: 1, A: 2}}]}\n", "written twice"},
           {"hooks: {apply-start: [{command: x, envs: {A=B: 1}}]}\n", "no name of a variable"},
           {"hooks: {apply-start: [{command: \"\"}]}\n", "command is empty"}}) {
    const auto hooks = read(text);
    ASSERT_FALSE(hooks) << text;
    EXPECT_TRUE(hooks.error().what.starts_with("h.yaml:")) << hooks.error().what;
    EXPECT_NE(hooks.error().describe().find(says), std::string::npos) << hooks.error().describe();
  }
  EXPECT_TRUE(read("version: v1\nhooks:\n  apply-start:\n"));  // nothing is nothing to do
}

}  // namespace
}  // namespace septet::partition
