// Lists that say the same thing in two places agree.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <set>

#include "rules/patterns.h"
#include "rules/tree.h"

namespace septet::rules {
namespace {

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Names of `wanted` that `text` does not say as a word of their own.
Offenders missing(const std::set<std::string>& wanted, const std::string& text) {
  Offenders absent;
  for (const auto& name : wanted) {
    const std::string alone = "(^|[^A-Za-z0-9_-])" + quoted_pattern(name) + "($|[^A-Za-z0-9_-])";
    if (!contains_match(text, alone)) absent.push_back(name);
  }
  return absent;
}

// ---- libnvidia-ml.so.1

TEST(Exports, TheGoldenListIsTheVersionScript) {
  const TextFile* const map = find("src/simnvml/exports.map");
  const TextFile* const golden = find("src/simnvml/exports.golden");
  ASSERT_TRUE(map != nullptr && golden != nullptr);
  const auto exported = groups_of(map->text, R"(\n\s*(nvml\w+);)");
  const auto listed = groups_of("\n" + golden->text, R"(\n(\w+))");
  EXPECT_EQ(exported, listed);
  EXPECT_EQ(exported.size(), 416u) << "the library has 416 names";
  EXPECT_FALSE(map->text.contains("nvml*")) << "a wildcard would export what nobody listed";
}

// ---- dependencies

TEST(Dependencies, EveryOneIsExplained) {
  const TextFile* const explained = find("docs/dependencies.md");
  ASSERT_NE(explained, nullptr) << "docs/dependencies.md is gone";
  std::set<std::string> used;
  for (const TextFile& file : tree()) {
    if (!file.named("CMakeLists.txt") && !file.named(".cmake")) continue;
    used.merge(groups_of(file.text, R"(find_package\((\S+?)[\s)])"));
  }
  EXPECT_TRUE(used.contains("yaml-cpp")) << "the search for find_package() is broken";
  used.erase("Threads");  // the C library's own
  // CMake and Debian spell differently: nlohmann_json, nlohmann-json3-dev.
  const std::string text = lower(explained->text);
  Offenders absent;
  for (const auto& name : used) {
    std::string spelled = lower(name);
    std::ranges::replace(spelled, '_', '-');
    if (!text.contains(spelled)) absent.push_back(name);
  }
  EXPECT_TRUE(absent.empty()) << "docs/dependencies.md does not name:\n" << to_string(absent);
}

TEST(Dependencies, EveryInstalledPackageIsExplained) {
  const TextFile* const explained = find("docs/dependencies.md");
  const TextFile* const installer = find("scripts/install_deps.sh");
  ASSERT_NE(explained, nullptr) << "docs/dependencies.md is gone";
  ASSERT_NE(installer, nullptr);
  // build=(...) and test=(...), over several lines.
  std::set<std::string> packages;
  for (const auto& list : groups_of(installer->text, R"(\n(?:build|test)=\(([^)]*)\))")) {
    packages.merge(groups_of(" " + list, R"([\s]([a-z0-9][a-z0-9.+\-]+))"));
  }
  EXPECT_TRUE(packages.contains("libyaml-cpp-dev") && packages.contains("clang-tidy-16"))
      << "the reading of install_deps.sh is broken";
  const auto absent = missing(packages, explained->text);
  EXPECT_TRUE(absent.empty()) << "docs/dependencies.md does not name:\n" << to_string(absent);
}

// ---- verbs

TEST(Verbs, TheReadmeNamesEveryOne) {
  const TextFile* const table = find("src/cli/verbs.cpp");
  const TextFile* const readme = find("README.md");
  ASSERT_NE(table, nullptr);
  ASSERT_NE(readme, nullptr) << "README.md is gone";
  std::set<std::string> verbs;
  for (const auto& constant : groups_of(table->text, R"(\bk([A-Z]\w*))")) {
    verbs.insert(lower(constant));
  }
  EXPECT_TRUE(verbs.contains("status") && verbs.contains("smi"))
      << "the reading of verbs.cpp is broken";
  const auto absent = missing(verbs, readme->text);
  EXPECT_TRUE(absent.empty()) << "README.md does not name:\n" << to_string(absent);
}

TEST(Verbs, EachOneHasItsFile) {
  const TextFile* const table = find("src/cli/verbs.cpp");
  ASSERT_NE(table, nullptr);
  Offenders absent;
  for (const auto& constant : groups_of(table->text, R"(\bk([A-Z]\w*))")) {
    const std::string row = "\\bVerb k" + constant + "\\b\\s*[{=]";
    const bool defined = std::ranges::any_of(tree(), [&](const TextFile& file) {
      return file.under("src/cli/") && file.named(lower(constant) + "_verb.cpp") &&
             contains_match(file.text, row);
    });
    if (!defined)
      absent.push_back("k" + constant + ": no src/cli/**/" + lower(constant) + "_verb.cpp");
  }
  EXPECT_TRUE(absent.empty()) << to_string(absent);
}

}  // namespace
}  // namespace septet::rules
