#include "cli/parted/flags.h"

#include <gtest/gtest.h>

#include <map>

#include "cli/parted/log.h"

namespace septet::cli::parted {
namespace {

struct Taken {
  std::string file, config;
  bool skip = false, mode = false;
  Words words;
  std::string error;
  partition::HookEnvironment overlay;
};

Taken take(const std::vector<std::string>& words,
           const std::map<std::string, std::string, std::less<>>& variables = {},
           bool global = false) {
  Taken taken;
  const std::vector<Flag> flags{
      {"config-file", 'f', "MIG_PARTED_CONFIG_FILE", "", &taken.file},
      {"selected-config", 'c', "MIG_PARTED_SELECTED_CONFIG", "", &taken.config},
      {"skip-reset", 's', "MIG_PARTED_SKIP_RESET", "", &taken.skip},
      {"mode-only", 'm', "MIG_PARTED_MODE_CHANGE_ONLY", "", &taken.mode}};
  const auto environment = [&variables](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
  auto parsed = parse(flags, words, environment, global);
  if (parsed) taken.words = *parsed;
  if (!parsed) taken.error = parsed.error().describe();
  taken.overlay = overlay_of(flags);
  return taken;
}

TEST(PartedFlags, ComeInEveryFormMigPartedTakes) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"-f", "a.yaml", "-c", "b", "-s", "-m"},
           {"--config-file", "a.yaml", "--selected-config=b", "--skip-reset", "--mode-only=true"},
           {"-config-file=a.yaml", "-selected-config", "b", "-sm"},
           {"-f=a.yaml", "-smc", "b"}}) {
    const Taken taken = take(words);
    EXPECT_EQ(taken.error, "");
    EXPECT_EQ(taken.file, "a.yaml");
    EXPECT_EQ(taken.config, "b");
    EXPECT_TRUE(taken.skip && taken.mode);
  }
  EXPECT_EQ(take({"-f", "-"}).file, "-");
}

TEST(PartedFlags, ComeFromTheEnvironmentUnlessGiven) {
  const Taken taken =
      take({"-f", "given", "--mode-only=false"}, {{"MIG_PARTED_CONFIG_FILE", "variable"},
                                                  {"MIG_PARTED_SELECTED_CONFIG", "c"},
                                                  {"MIG_PARTED_SKIP_RESET", "1"},
                                                  {"MIG_PARTED_MODE_CHANGE_ONLY", "true"}});
  EXPECT_EQ(taken.file, "given");
  EXPECT_EQ(taken.config, "c");
  EXPECT_TRUE(taken.skip);
  EXPECT_FALSE(taken.mode);
  EXPECT_EQ(taken.overlay, (partition::HookEnvironment{{"MIG_PARTED_CONFIG_FILE", "given"},
                                                       {"MIG_PARTED_SELECTED_CONFIG", "c"},
                                                       {"MIG_PARTED_SKIP_RESET", "true"},
                                                       {"MIG_PARTED_MODE_CHANGE_ONLY", "false"}}));
  EXPECT_FALSE(take({}, {{"MIG_PARTED_SKIP_RESET", ""}}).skip);
  EXPECT_NE(take({}, {{"MIG_PARTED_SKIP_RESET", "maybe"}}).error.find("MIG_PARTED_SKIP_RESET"),
            std::string::npos);
}

TEST(PartedFlags, WrongWordsAreSaid) {
  EXPECT_NE(take({"--config-fil", "x"}).error.find("config-file"), std::string::npos);
  EXPECT_NE(take({"-f"}).error.find("needs a value"), std::string::npos);
  EXPECT_NE(take({"-x"}).error.find("no flag"), std::string::npos);
  EXPECT_NE(take({"all-balanced", "-f", "x"}).error.find("all-balanced"), std::string::npos);
  EXPECT_EQ(take({"-m", "--help", "--bogus"}).words.next, Next::kHelp);
  EXPECT_EQ(take({"help"}).words.next, Next::kHelp);
  const Taken global = take({"-m", "apply", "-x"}, {}, true);
  EXPECT_EQ(global.words.rest, (std::vector<std::string>{"apply", "-x"}));
  EXPECT_EQ(take({"-v"}, {}, true).words.next, Next::kVersion);
}

TEST(PartedLog, IsOneLineWhateverIsInIt) {
  EXPECT_EQ(log_line("T", "fatal", "say \"no\"\n\x1b[1m"),
            "time=\"T\" level=fatal msg=\"say \\\"no\\\"\\n\\x1b[1m\"\n");
  const Error inner{Code::kBusy, "in use:\n  pid 7", "stop it", 0, nullptr};
  EXPECT_EQ(one_line(inner), "In use: pid 7; try: stop it");
}

}  // namespace
}  // namespace septet::cli::parted
