// What no file of the repository says.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "rules/cpp_text.h"
#include "rules/patterns.h"
#include "rules/tree.h"

namespace septet::rules {
namespace {

// Put together here, so that this file does not say them either.
std::string joined(std::initializer_list<const char*> pieces) {
  std::string word;
  for (const char* piece : pieces) word += piece;
  return word;
}

// A PNG's bytes say everything at some place.
bool is_ours(const TextFile& file) {
  return file.path != "LICENSE" && !file.under("tests/fuzz/corpus/") && !file.named(".png");
}

// ---- promises without an owner

Offenders unowned_promises(const TextFile& file) {
  const std::string words[] = {joined({"TO", "DO"}), joined({"FIX", "ME"}), joined({"X", "XX"})};
  static const std::string promise =
      "\\b(" + words[0] + "|" + words[1] + "|" + words[2] + ")\\b(?!\\(#[0-9]+\\))";
  const auto says = [&](std::string_view text) {
    return std::ranges::any_of(words, [&](const auto& word) { return text.contains(word); });
  };
  if (!says(file.text)) return {};
  Offenders found;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (says(lines[i]) && contains_match(lines[i], promise)) {
      found.push_back(at(file, i + 1) + ": " + std::string(lines[i]));
    }
  }
  return found;
}

TEST(Words, PromisesNameAnIssue) {
  const auto offenders = scan(is_ours, [](const TextFile& file, Offenders& out) {
    for (auto& found : unowned_promises(file)) out.push_back(std::move(found));
  });
  EXPECT_TRUE(offenders.empty()) << "write it as " << joined({"TO", "DO"})
                                 << "(#12), with the issue that will do it:\n"
                                 << to_string(offenders);
}

TEST(Words, APlantedPromiseIsFound) {
  const std::string word = joined({"TO", "DO"});
  EXPECT_EQ(unowned_promises({"a.cpp", "int a;\n// " + word + ": later\n"}).size(), 1u);
  EXPECT_EQ(unowned_promises({"a.cpp", "// " + word + "(#7): with an issue\n"}).size(), 0u);
  EXPECT_EQ(unowned_promises({"a.cpp", "mkstemp(\"draft." + joined({"XX", "XXXX"}) + "\")"}).size(),
            0u);
}

// ---- sleeping

// Who may sleep, and why it cannot wait for an event instead.
const std::map<std::string, std::string, std::less<>>& sleepers() {
  static const std::map<std::string, std::string, std::less<>> reasons = {
      {"src/simnvml/call.cpp", "plays the latency of a real create or destroy"},
      {"src/driver/simulated/file_lock.cpp", "flock has no timeout: bounded retry behind a holder"},
      {"src/partition/patience.cpp",
       "gives a driver that is busy for a moment time before a retry"},
      {"src/partition/journal_lock.cpp", "flock has no timeout: bounded retry behind a holder"},
      {"bench/plugin_peers.cpp", "memory is read when a plugin has been quiet for two seconds"},
      {"src/driver/simulated/state_file.cpp",
       "waits for events of other processes without a futex"},
  };
  return reasons;
}

bool sleeps(const TextFile& file) {
  if (!file.text.contains("sleep")) return false;
  return contains_match(
      without_comments_and_literals(file.text),
      R"(\b(std::this_thread::sleep_(for|until)|u?sleep|(clock_)?nanosleep)\s*\()");
}

TEST(Words, OnlyTheListedFilesSleep) {
  const auto offenders = scan([](const TextFile& file) { return file.is_cpp() && !file.is_test(); },
                              [](const TextFile& file, Offenders& out) {
                                if (sleeps(file) && !sleepers().contains(file.path))
                                  out.push_back(file.path);
                              });
  EXPECT_TRUE(offenders.empty())
      << "wait for the thing itself, or give a reason in this test's list:\n"
      << to_string(offenders);
}

TEST(Words, TheListOfSleepersIsTrue) {
  for (const auto& [path, reason] : sleepers()) {
    const TextFile* const file = find(path);
    EXPECT_TRUE(file != nullptr && sleeps(*file))
        << path << " does not sleep: take it off the list";
    EXPECT_FALSE(reason.empty()) << path;
  }
}

// ---- one machine's paths, registries' hosts

TEST(Words, NoPathOfOneMachineAndNoRegistryHost) {
  const std::string words[] = {joined({"/wo", "rk/"}),
                               joined({"/tm", "p/b/"}),
                               joined({"/tm", "p/brief"}),
                               joined({"/ho", "me/"}),
                               joined({"py", "pi.org"}),
                               joined({"python", "hosted.org"}),
                               joined({"proxy.", "golang.org"}),
                               joined({"deb.", "debian.org"}),
                               joined({"registry.", "npmjs.org"}),
                               joined({"cra", "tes.io"}),
                               joined({"dock", "er.io/"})};
  const auto offenders = scan(is_ours, [&](const TextFile& file, Offenders& out) {
    const auto lines = lines_of(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      for (const auto& word : words) {
        if (lines[i].contains(word)) out.push_back(at(file, i + 1) + ": " + word);
      }
    }
  });
  EXPECT_TRUE(offenders.empty()) << "nothing of one machine, no registry by its host:\n"
                                 << to_string(offenders);
}

// ---- switches

TEST(Words, NoDefaultInASwitchOverAnEnum) {
  const auto offenders = scan([](const TextFile& file) { return file.is_cpp() && !file.is_test(); },
                              [](const TextFile& file, Offenders& out) {
                                for (const auto line : defaults_over_enums(file.text)) {
                                  out.push_back(at(file, line));
                                }
                              });
  EXPECT_TRUE(offenders.empty()) << "list every enumerator, so that a new one does not compile "
                                    "until it is thought about:\n"
                                 << to_string(offenders);
}

TEST(Words, APlantedDefaultIsFoundAndAPlainNumberMayHaveOne) {
  EXPECT_EQ(defaults_over_enums("switch (a) {\n case A::kB: f();\n default: g();\n}"),
            (std::vector<std::size_t>{3}));
  EXPECT_TRUE(defaults_over_enums("switch (a) { case 1: f(); default: g(); }").empty());
  EXPECT_TRUE(defaults_over_enums("switch (a) { case A::kB: f(); } // default:\n").empty());
}

// ---- the first lines

// A file opens with what it is. A .cpp may leave that to its own header, a test to what it tests.
bool introduces_itself(const TextFile& file) {
  if (file.text.starts_with("// ") || file.text.starts_with("/* ")) return true;
  if (!file.named(".cpp")) return false;
  std::string stem = file.path.substr(0, file.path.size() - 4);
  for (const std::string_view ending : {"_test", "_bench"}) {
    if (!stem.ends_with(ending)) continue;
    stem.resize(stem.size() - ending.size());
    if (find(stem + ".cpp") != nullptr) return true;
  }
  return find(stem + ".h") != nullptr;
}

TEST(Words, EveryFileSaysWhatItIs) {
  const auto offenders = scan(
      [](const TextFile& file) {
        return file.is_cpp() && (file.under("src/") || file.under("tools/") || file.under("apps/"));
      },
      [](const TextFile& file, Offenders& out) {
        if (file.under("src/") || file.named(".h")) {
          if (!introduces_itself(file)) out.push_back(file.path);
        }
      });
  EXPECT_TRUE(offenders.empty())
      << "first line: a comment that says what the file is; a .cpp may leave that to "
         "its own header, a test to what it tests:\n"
      << to_string(offenders);
}

}  // namespace
}  // namespace septet::rules
