// Every verb's --help is a golden file: what a command says it does is reviewed when it changes.
// UPDATE_GOLDEN=1 rewrites them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "program.h"

namespace septet::e2e {
namespace {

class HelpTest : public testing::TestWithParam<const char*> {};

TEST_P(HelpTest, IsAsReviewed) {
  const std::string words = GetParam();
  std::string name = words.empty() ? "septet" : words;
  for (char& c : name) c = c == ' ' ? '-' : c;
  const std::string path = source_dir() + "/tests/e2e/help/" + name + ".txt";
  setenv("XDG_STATE_HOME", "/state", 1);
  const auto outcome = septet(words + " --help");
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_FALSE(outcome.out.empty());
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << outcome.out;
  EXPECT_EQ(outcome.out, read_file(path)) << "UPDATE_GOLDEN=1 rewrites " << path;
}
INSTANTIATE_TEST_SUITE_P(
    , HelpTest,
    testing::Values("", "status", "top", "products", "profiles", "layouts", "explain", "plan",
                    "verify", "apply", "diff", "assert", "history", "rollback", "recover", "export",
                    "checkpoint", "restore", "run", "publish", "publish cdi", "publish metrics",
                    "publish slurm", "slurm", "slurm relayout", "slurm helpers", "slurm helper",
                    "slurm reboot", "agent", "sim", "smi", "doctor", "sim create", "sim run",
                    "sim process", "sim process start", "sim process vary", "sim fault",
                    "sim fault call", "sim reset", "sim destroy", "parted", "parted apply",
                    "parted assert", "parted export", "parted generate-config", "parted checkpoint",
                    "parted restore", "lab", "lab compare", "lab recommend", "lab validate",
                    "lab replay", "lab replay mig", "lab replay queue", "lab replay pods"),
    [](const auto& row) {
      std::string name = *row.param == '\0' ? "septet" : row.param;
      for (char& c : name) c = c == ' ' || c == '-' ? '_' : c;
      return name;
    });

}  // namespace
}  // namespace septet::e2e
