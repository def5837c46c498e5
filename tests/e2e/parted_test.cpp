// nvidia-mig-parted's words to septet under both names: texts, exit codes, what stays untouched.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "program.h"

namespace septet::e2e {
namespace {

class PartedTest : public testing::Test {
 protected:
  PartedTest() : node_("--gpus 2 --product h100-sxm5-80gb") {
    std::string name = (std::filesystem::temp_directory_path() / "septet-parted-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    std::ofstream(file("c.yaml"))
        << "version: v1\nmig-configs:\n"
           "  sevens:\n  - {devices: [1], mig-enabled: true, mig-devices: {1g.10gb: 7}}\n"
           "  crowd:\n  - {devices: all, mig-enabled: true, mig-devices: {3g.40gb: 3}}\n"
           "  off:\n  - {devices: all, mig-enabled: false}\n";
  }
  ~PartedTest() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name) const { return folder_ + "/" + name; }
  Outcome parted(const std::string& words) const { return node_.septet("parted " + words); }

  Node node_;
  std::string folder_;
};

TEST_F(PartedTest, AppliesAssertsExportsCheckpointsAndRestores) {
  const std::string sevens = " -f " + file("c.yaml") + " -c sevens";
  EXPECT_EQ(parted("assert" + sevens).code, 1);
  EXPECT_EQ(parted("assert -a" + sevens).out, "Selected MIG configuration is valid\n");
  auto done = parted("apply" + sevens);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(done.out, "MIG configuration applied successfully\n");
  EXPECT_EQ(done.err, "");
  EXPECT_EQ(parted("assert" + sevens).out, "Selected MIG configuration currently applied\n");
  EXPECT_EQ(parted("assert -m" + sevens).out,
            "Selected MIG mode settings from configuration currently applied\n");
  EXPECT_EQ(parted("export").out,
            "version: v1\nmig-configs:\n  current:\n  - devices: [0]\n    mig-enabled: false\n"
            "    mig-devices: {}\n  - devices: [1]\n    mig-enabled: true\n    mig-devices:\n"
            "      1g.10gb: 7\n");
  const std::string checkpoint = " -f " + file("checkpoint.json");
  EXPECT_EQ(parted("checkpoint" + checkpoint).out, "MIG configuration checkpointed successfully\n");
  EXPECT_EQ(parted("apply -c off -f " + file("c.yaml")).code, 0);
  EXPECT_EQ(parted("restore" + checkpoint).out, "MIG configuration restored successfully\n");
  EXPECT_EQ(parted("assert" + sevens).code, 0);
}

TEST_F(PartedTest, FailsWithOneAndOneLineAndNothingChanged) {
  const auto before = node_.json("status");
  for (const auto& [words, says] : std::vector<std::pair<std::string, std::string>>{
           {"apply", "Missing required flag 'config-file'"},
           {"apply -f /nowhere", "Error parsing config file: open /nowhere"},
           {"apply -f " + file("c.yaml"), "Error selecting MIG config: the file has 3 configs"},
           {"apply -f " + file("c.yaml") + " -c seven", "did you mean sevens"},
           {"apply -f " + file("c.yaml") + " -c crowd", "c.yaml:6:5: GPU 0"},
           {"assert -f " + file("c.yaml") + " -c sevens",
            "Assertion failure: selected configuration not currently applied: GPU 1: MIG mode is "
            "off"},
           {"export -o xml", "Unrecognized 'output-format'"},
           {"restore -f " + file("c.yaml"), "c.yaml:1:1"},
           {"aply", "did you mean apply"}}) {
    const auto outcome = parted(words);
    EXPECT_EQ(outcome.code, 1) << words;
    EXPECT_EQ(outcome.out, "") << words;
    EXPECT_NE(outcome.err.find("level=fatal msg=\""), std::string::npos) << outcome.err;
    EXPECT_NE(outcome.err.find(says), std::string::npos) << outcome.err;
    EXPECT_EQ(std::ranges::count(outcome.err, '\n'), 1) << outcome.err;
  }
  EXPECT_EQ(node_.json("status")["gpus"], before["gpus"]);
}

TEST_F(PartedTest, UnderItsNameWithTheEnvironmentAndHooks) {
  std::filesystem::create_symlink(std::filesystem::absolute(node_.argv("").front()),
                                  file("nvidia-mig-parted"));
  std::ofstream(file("hooks.yaml"))
      << "version: v1\nhooks:\n  apply-start:\n  - {command: /bin/sh, workdir: " << folder_
      << ", args: [-c, \"echo $MIG_PARTED_SELECTED_CONFIG $MIG_PARTED_MODE_CHANGE_ONLY > seen; "
         "echo loud\"]}\n";
  setenv("SEPTET_SIM", node_.state().c_str(), 1);
  setenv("MIG_PARTED_CONFIG_FILE", file("c.yaml").c_str(), 1);
  setenv("MIG_PARTED_SELECTED_CONFIG", "sevens", 1);
  setenv("MIG_PARTED_HOOKS_FILE", file("hooks.yaml").c_str(), 1);
  const auto quiet = run({file("nvidia-mig-parted"), "apply", "-m"});
  const auto loud = run({file("nvidia-mig-parted"), "-d", "apply"});
  for (const char* const name : {"SEPTET_SIM", "MIG_PARTED_CONFIG_FILE",
                                 "MIG_PARTED_SELECTED_CONFIG", "MIG_PARTED_HOOKS_FILE"}) {
    unsetenv(name);
  }
  EXPECT_EQ(quiet.code, 0) << quiet.err;
  EXPECT_EQ(quiet.out, "MIG configuration applied successfully\n");
  EXPECT_EQ(loud.out, "loud\nMIG configuration applied successfully\n");
  EXPECT_NE(loud.err.find("level=debug msg=\"step 1 of "), std::string::npos) << loud.err;
  EXPECT_EQ(read_file(file("seen")), "sevens false\n");
}

}  // namespace
}  // namespace septet::e2e
