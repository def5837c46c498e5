// septet apply on a node that others use too: who waits, who is named, what is put back.
#include <gtest/gtest.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "layouts_of_tests.h"

namespace septet::e2e {
namespace {

// Until the change is in the journal: it holds the lock then.
void wait_for_change(const Node& node) {
  for (int i = 0; i < 500; ++i) {
    const Json history = node.json("history");
    if (!history.empty() && history[0]["unfinished"].get<bool>()) return;
    poll(nullptr, 0, 10);
  }
  ADD_FAILURE() << "no change was begun";
}

TEST(Apply, TwoAtOnceTheSecondIsToldWhoIsFirst) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("sim fault slow --create 300").code, 0);
  Running first(node.argv("apply " + file + " -c small"));
  wait_for_change(node);
  const auto second = node.septet("apply " + file + " -c halves");
  EXPECT_EQ(second.code, 4) << second.err;
  EXPECT_NE(second.err.find("pid " + std::to_string(first.pid())), std::string::npos) << second.err;
  EXPECT_NE(second.err.find("-c small"), std::string::npos) << second.err;
  const auto patient = node.septet("apply " + file + " -c halves --wait 60");
  EXPECT_EQ(patient.code, 0) << patient.err;
  const auto done = first.wait();
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_EQ(held_by(node), "3g.40gb@0 3g.40gb@4");
}

TEST(Apply, OnlyForceByNameEndsWhatIsInUse) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c halves").code, 0);
  const Json gi = node.json("status")["gpus"][0]["gpu_instances"][0];
  const std::string name = "0:3g.40gb@" + gi["placement"]["start"].dump();
  const auto user = node.septet("sim process start --gpu 0 --gi " + gi["id"].dump());
  ASSERT_EQ(user.code, 0) << user.err;
  const pid_t pid = std::stoi(user.out);

  const auto dry = node.septet("apply --dry-run " + file + " -c small");
  EXPECT_EQ(dry.code, 2) << dry.err;
  EXPECT_NE(dry.out.find("in the way: pid " + std::to_string(pid)), std::string::npos) << dry.out;
  const auto refused = node.septet("apply " + file + " -c small");
  EXPECT_EQ(refused.code, 4) << refused.err;
  EXPECT_NE(refused.err.find("--force " + name), std::string::npos) << refused.err;
  EXPECT_NE(refused.err.find("pid " + std::to_string(pid)), std::string::npos) << refused.err;
  EXPECT_EQ(held_by(node), "3g.40gb@0 3g.40gb@4");
  EXPECT_EQ(node.json("history")[0]["state"], "refused");

  const auto other = node.septet("apply " + file + " -c small --force 0:1g.10gb@0");
  EXPECT_EQ(other.code, 1) << other.err;
  EXPECT_NE(other.err.find("no instance 0:1g.10gb@0"), std::string::npos) << other.err;
  EXPECT_EQ(kill(pid, 0), 0) << "nobody may be ended by a wrong name";

  const auto forced = node.septet("apply --force " + name + " " + file + " -c small");
  EXPECT_EQ(forced.code, 0) << forced.err;
  EXPECT_EQ(node.json("status")["gpus"][0]["gpu_instances"].size(), 7u);
}

TEST(Apply, AFailureIsToldAndTheNodePutBack) {
  const Node node("--gpus 2 --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c mixed").code, 0);
  const std::string before = held_by(node);
  // All five tries of the third create, and nothing on the way back.
  ASSERT_EQ(
      node.septet("sim fault call nvmlDeviceCreateGpuInstanceWithPlacement --nth 3 --times 5").code,
      0);
  const auto failed = node.septet("apply " + file + " -c small");
  EXPECT_EQ(failed.code, 1) << failed.err;
  EXPECT_NE(failed.err.find("then the node was put back as it was"), std::string::npos)
      << failed.err;
  EXPECT_NE(failed.err.find("create 1g.10gb"), std::string::npos) << failed.err;
  EXPECT_EQ(held_by(node), before);
  EXPECT_EQ(node.json("history")[0]["state"], "rolled-back");
  EXPECT_EQ(node.septet("apply " + file + " -c small").code, 0) << "and it may be tried again";
}

TEST(Apply, WhatCannotBePutBackIsToldAndLeftToRecover) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(node.septet("apply " + file + " -c mixed").code, 0);
  const std::string before = held_by(node);
  ASSERT_EQ(
      node.septet("sim fault call nvmlDeviceCreateGpuInstanceWithPlacement --times 0 --code 23")
          .code,
      0);
  const auto stuck = node.septet("apply " + file + " -c small");
  EXPECT_EQ(stuck.code, 3) << stuck.err;
  EXPECT_NE(stuck.err.find("putting the node back failed too"), std::string::npos) << stuck.err;
  EXPECT_NE(stuck.err.find("left: GPU 0: create 3g.40gb at 4"), std::string::npos) << stuck.err;
  EXPECT_NE(stuck.err.find("septet recover"), std::string::npos) << stuck.err;
  EXPECT_TRUE(node.json("history")[0]["unfinished"].get<bool>());
  ASSERT_EQ(node.septet("sim fault clear").code, 0);
  EXPECT_EQ(node.septet("recover").code, 0);
  EXPECT_EQ(held_by(node), before);
}

TEST(Apply, ForProgramsToo) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  ASSERT_EQ(
      node.septet("sim fault call nvmlDeviceCreateGpuInstanceWithPlacement --times 0 --code 23")
          .code,
      0);
  const auto failed = node.septet("--json apply " + file + " -c halves");
  EXPECT_EQ(failed.code, 3) << failed.err;
  const Json told = Json::parse(failed.out, nullptr, false);
  EXPECT_EQ(told["outcome"], "rolled-back");
  EXPECT_EQ(told["gpus"][0]["outcome"], "rolled-back");
  EXPECT_TRUE(told["gpus"][0]["now"]["instances"].empty());
  EXPECT_FALSE(told["failure"].is_null());
  ASSERT_EQ(node.septet("sim fault clear").code, 0);
  const Json done = node.json("apply " + file + " -c halves");
  EXPECT_EQ(done["outcome"], "done");
  EXPECT_EQ(done["steps_done"], done["steps"]);
  const Json nothing = node.json("apply " + file + " -c halves");
  EXPECT_EQ(nothing["steps"], 0);
  EXPECT_TRUE(nothing["change"].is_null());
}

std::string on_a_terminal(const std::vector<std::string>& argv) {
  int terminal = -1;
  const pid_t child = forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    std::vector<std::string> copy = argv;
    std::vector<char*> pointers;
    for (std::string& word : copy) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    execv(pointers[0], pointers.data());
    _exit(127);
  }
  std::string text;
  char chunk[4096];
  for (ssize_t got = 0; (got = read(terminal, chunk, sizeof chunk)) > 0;)
    text.append(chunk, static_cast<std::size_t>(got));
  waitpid(child, nullptr, 0);
  close(terminal);
  return text;
}

TEST(Apply, OneLineOfProgressOnATerminalOnly) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  const std::string shown = on_a_terminal(node.argv("apply " + file + " -c halves"));
  EXPECT_NE(shown.find("1 of 4  GPU 0: create 3g.40gb"), std::string::npos) << shown;
  EXPECT_NE(shown.find("\r\x1b[Kdone: 4 of 4 steps"), std::string::npos) << shown;
  const auto piped = node.septet("apply " + file + " -c small");
  EXPECT_EQ(piped.err, "");
  EXPECT_EQ(piped.out.find('\r'), std::string::npos);
}

TEST(Apply, WritesNothingButItsNodeAndItsJournal) {
  const Node node("--gpus 1 --mig on");
  const std::string home = node.state() + ".home";
  std::filesystem::create_directory(home);
  setenv("HOME", home.c_str(), 1);
  setenv("XDG_STATE_HOME", home.c_str(), 1);
  EXPECT_EQ(node.septet("apply " + write_configs(node) + " -c halves").code, 0);
  EXPECT_TRUE(std::filesystem::is_empty(home));
  EXPECT_TRUE(std::filesystem::exists(node.state() + ".journal/journal.db"));
  EXPECT_EQ(node.septet("sim destroy").code, 0);
  EXPECT_FALSE(std::filesystem::exists(node.state() + ".journal"));
  unsetenv("XDG_STATE_HOME");
}

TEST(Apply, TheJournalIsWhereItIsWished) {
  const Node node("--gpus 1 --mig on");
  const std::string file = write_configs(node);
  const std::string folder = node.state() + ".elsewhere";
  setenv("SEPTET_STATE_DIR", folder.c_str(), 1);
  EXPECT_EQ(node.septet("apply " + file + " -c halves").code, 0);
  EXPECT_TRUE(std::filesystem::exists(folder + "/journal.db"));
  EXPECT_FALSE(std::filesystem::exists(node.state() + ".journal"));
  std::filesystem::permissions(folder, std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  const auto open_to_all = node.septet("apply " + file + " -c small");
  EXPECT_EQ(open_to_all.code, 5) << open_to_all.err;
  EXPECT_EQ(held_by(node), "3g.40gb@0 3g.40gb@4");
  setenv("SEPTET_STATE_DIR", "somewhere", 1);
  EXPECT_NE(node.septet("apply " + file + " -c small").err.find("relative"), std::string::npos);
  unsetenv("SEPTET_STATE_DIR");
}

}  // namespace
}  // namespace septet::e2e
