#include "partition/state_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "partition/testing/scratch_journal.h"

namespace septet::partition {
namespace {

unsigned mode_of(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 ? found.st_mode & 07777u : 0;
}

struct Case {
  StateEnvironment environment;
  const char* path;  // nullptr: refused
};

TEST(StateDirectory, IsWhereTheRulesSay) {
  const Case cases[] = {
      {{true, {}, "/xdg", "/root"}, "/var/lib/septet"},
      {{true, "/elsewhere", {}, {}}, "/elsewhere"},
      {{false, {}, "/xdg", "/users/alice"}, "/xdg/septet"},
      {{false, {}, "relative", "/users/alice"}, "/users/alice/.local/state/septet"},
      {{false, {}, {}, "/users/alice"}, "/users/alice/.local/state/septet"},
      {{false, "relative", {}, "/users/alice"}, nullptr},
      {{false, {}, {}, {}}, nullptr},
  };
  for (const Case& row : cases) {
    const auto found = state_directory(row.environment);
    ASSERT_EQ(found.has_value(), row.path != nullptr);
    if (found) {
      EXPECT_EQ(*found, row.path);
    }
  }
}

TEST(StateDirectory, IsMadeForItsOwnerAlone) {
  const ScratchFolder scratch;
  const auto made = make_state_directory(scratch.path() + "/a/b/septet");
  ASSERT_TRUE(made) << made.error().describe();
  EXPECT_EQ(mode_of(*made), 0700u);
  EXPECT_TRUE(make_state_directory(*made));
}

TEST(StateDirectory, OneThatOthersMayWriteIsRefused) {
  const ScratchFolder scratch;
  const std::string path = scratch.path() + "/open";
  ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
  ASSERT_EQ(chmod(path.c_str(), 0770), 0);
  const auto refused = make_state_directory(path);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kNoPermission);
  EXPECT_NE(refused.error().describe().find("chmod go-w " + path), std::string::npos);
  EXPECT_EQ(mode_of(path), 0770u) << "what people made keeps its mode";
}

TEST(StateDirectory, AFileInItsPlaceIsRefused) {
  const ScratchFolder scratch;
  const std::string path = scratch.path() + "/file";
  ASSERT_TRUE(std::ofstream(path) << "x");
  EXPECT_FALSE(make_state_directory(path));
  EXPECT_FALSE(make_state_directory(path + "/below"));
}

// As somebody without rights: a child that gives up being root, if it is.
TEST(StateDirectory, WithoutTheRightItNamesTheFolder) {
  const ScratchFolder scratch;
  ASSERT_EQ(chmod(scratch.path().c_str(), 0555), 0);
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && setuid(65534) != 0) _exit(9);
    const auto below = make_state_directory(scratch.path() + "/septet");
    const auto itself = make_state_directory(scratch.path());
    const bool good = !below && below.error().code == Code::kNoPermission &&
                      below.error().what.contains(scratch.path()) && !itself &&
                      itself.error().code == Code::kNoPermission &&
                      itself.error().what.contains(scratch.path());
    _exit(good ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace septet::partition
