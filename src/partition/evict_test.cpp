#include "partition/evict.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

namespace septet::partition {
namespace {

pid_t child(bool stubborn) {
  int ready[2];
  EXPECT_EQ(pipe(ready), 0);
  const pid_t pid = fork();
  if (pid == 0) {
    if (stubborn) signal(SIGTERM, SIG_IGN);
    (void)!write(ready[1], "x", 1);
    for (;;) pause();
  }
  char byte = 0;
  EXPECT_EQ(read(ready[0], &byte, 1), 1);
  close(ready[0]);
  close(ready[1]);
  return pid;
}

int signal_that_ended(pid_t pid) {
  int status = 0;
  EXPECT_EQ(waitpid(pid, &status, 0), pid);
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

Result<> evict_child(pid_t pid) {
  Patience patience;
  patience.grace = std::chrono::milliseconds(5000);
  patience.sleep = [](std::chrono::milliseconds) { usleep(5000); };
  return evict({{static_cast<std::uint32_t>(pid), "child", {}, {}, {}, false}}, patience);
}

TEST(Evict, AsksFirst) {
  const pid_t pid = child(false);
  EXPECT_TRUE(evict_child(pid));
  EXPECT_EQ(signal_that_ended(pid), SIGTERM);
}

TEST(Evict, KillsWhatDoesNotListen) {
  const pid_t pid = child(true);
  EXPECT_TRUE(evict_child(pid));
  EXPECT_EQ(signal_that_ended(pid), SIGKILL);
}

TEST(Evict, WhatIsGoneIsGone) {
  const pid_t pid = child(false);
  kill(pid, SIGKILL);
  (void)signal_that_ended(pid);
  EXPECT_TRUE(evict_child(pid));
}

TEST(Evict, NeverInitNorAGroup) {
  for (const pid_t pid : {0, 1}) EXPECT_FALSE(evict_child(pid));
}

}  // namespace
}  // namespace septet::partition
