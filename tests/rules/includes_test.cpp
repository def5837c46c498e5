// What may reach what: the architecture, asked of the compiler, and the includes that pure code
// does without.
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "rules/cpp_text.h"
#include "rules/patterns.h"
#include "rules/tree.h"

namespace septet::rules {
namespace {

// ---- layers ------------------------------------------------------------------------------------

using Modules = std::set<std::string, std::less<>>;

// Who may include whom, written down a second time on purpose: a new arrow in CMakeLists.txt is a
// decision, and this is where it is noticed.
const std::map<std::string, Modules, std::less<>>& may_include() {
  static const std::map<std::string, Modules, std::less<>> arrows = {
      {"base", {}},
      {"mig", {"base"}},
      {"plan", {"base", "mig"}},
      {"verify", {"base", "mig"}},
      {"lab", {"base", "mig", "plan"}},
      {"driver", {"base", "mig"}},
      {"simnvml", {"base", "mig", "driver"}},
      {"partition", {"base", "mig", "plan", "driver"}},
      {"publish", {"base", "mig"}},
      {"slurm", {"base", "mig", "plan", "driver", "partition", "publish"}},
      {"kube", {"base", "mig", "publish"}},
      {"http", {"base"}},
      {"container", {"base", "mig", "plan", "driver", "partition", "publish"}},
      {"cli",
       {"base", "mig", "plan", "driver", "partition", "publish", "container", "slurm", "verify",
        "lab"}},
  };
  return arrows;
}

std::string a_header_of(const std::string& module) {
  for (const TextFile& file : tree()) {
    if (file.under("src/" + module + "/") && file.named(".h")) return file.path.substr(4);
  }
  return {};
}

// The include directories that CMake gives each module.
std::map<std::string, std::vector<std::string>> include_views() {
  std::map<std::string, std::vector<std::string>> views;
  std::ifstream in(SEPTET_RULES_INCLUDE_VIEWS);
  for (std::string line; std::getline(in, line);) {
    std::istringstream fields(line);
    std::string module, folder;
    std::getline(fields, module, '\t');
    while (std::getline(fields, folder, '\t')) {
      if (!folder.empty()) views[module].push_back(folder);
    }
  }
  return views;
}

// Does this file compile with these include directories?
bool compiles(const std::string& text, const std::vector<std::string>& folders) {
  const std::string path =
      testing::TempDir() + "septet_layers_" + std::to_string(::getpid()) + ".cpp";
  std::ofstream(path) << text << "\n";
  std::string command = SEPTET_RULES_COMPILER " -std=c++23 -fsyntax-only";
  for (const auto& folder : folders) command += " -I'" + folder + "'";
  const bool succeeded = std::system((command + " '" + path + "' >/dev/null 2>&1").c_str()) == 0;
  std::remove(path.c_str());
  return succeeded;
}

std::string include_of(const std::string& header) { return "#include \"" + header + "\""; }

TEST(Layers, NoModuleReachesAnotherWithoutAnArrow) {
  const auto views = include_views();
  ASSERT_EQ(views.size(), may_include().size()) << SEPTET_RULES_INCLUDE_VIEWS;
  Offenders offenders;
  for (const auto& [module, folders] : views) {
    const auto allowed = may_include().find(module);
    ASSERT_NE(allowed, may_include().end()) << module << " is a new module: add its arrows here";
    std::string probe;
    for (const auto& [other, unused] : may_include()) {
      const std::string header = a_header_of(other);
      if (other == module || allowed->second.contains(other) || header.empty()) continue;
      // One compiler run for all of them: the file compiles when none of them can be reached.
      probe += "#if __has_include(\"" + header + "\")\n#error\n#endif\n";
    }
    if (!compiles(probe, folders))
      offenders.push_back(module + " reaches what it may not:\n" + probe);
  }
  EXPECT_TRUE(offenders.empty()) << to_string(offenders);
}

TEST(Layers, AForbiddenIncludeDoesNotCompileAndAnAllowedOneDoes) {
  auto views = include_views();
  EXPECT_FALSE(compiles(include_of("plan/diff.h"), views["mig"]));
  EXPECT_FALSE(compiles(include_of("driver/driver.h"), views["plan"]));
  EXPECT_TRUE(compiles(include_of("base/result.h"), views["mig"]));
}

// ---- includes and calls that a folder does without
// -------------------------------------------------

struct Word {
  const char* key;      // what every match holds: looked for first
  const char* pattern;  // on the code, without comments and literals
};

struct Ban {
  const char* why;
  std::vector<std::string> folders;
  std::vector<std::string> includes;  // as written between the brackets; "yaml-cpp/" bans all below
  std::vector<Word> words;
};

const std::vector<Ban>& bans() {
  static const std::vector<Ban> all = {
      {"decisions are values in, values out: no file, thread, clock, environment",
       {"src/mig/", "src/plan/", "src/lab/"},
       {"fstream", "iostream", "filesystem", "thread", "mutex", "condition_variable", "future",
        "random", "unistd.h", "fcntl.h", "sys/", "dlfcn.h", "driver/", "simnvml/"},
       {{"getenv", R"(\bgetenv\s*\()"},
        {"_clock", R"(\b(system|steady|high_resolution)_clock\b)"},
        {"clock_gettime", R"(\bclock_gettime\s*\()"},
        {"rand", R"(\b(std::rand|rand|random_device)\b)"},
        {"time", R"(\btime\s*\(\s*(nullptr|NULL|0)\s*\))"}}},
      {"the simulated library depends on libc alone and starts in microseconds",
       {"src/simnvml/", "src/driver/simulated/"},
       {"iostream", "fmt/", "nlohmann/", "yaml-cpp/", "base/yaml.h", "base/json.h", "CLI/", "regex",
        "locale", "random"},
       {}},
      {"library code returns errors; only the command line prints",
       {"src/base/", "src/mig/", "src/plan/", "src/lab/", "src/partition/"},
       {"iostream"},
       {{"std::c", R"(\bstd::(cout|cerr|clog)\b)"},
        {"printf", R"(\bf?printf\s*\()"},
        {"puts", R"(\bf?puts\s*\()"}}},
      {"no exceptions cross modules: nothing of ours throws one",
       {"src/"},
       {},
       {{"throw", R"(\bthrow\s+[A-Za-z_:]+)"}}},
      {"libmicrohttpd is http's alone, and loaded there", {"src/", "apps/"}, {"microhttpd.h"}, {}},
      {"CLI11 costs seconds a file: one file sees it", {"src/", "apps/"}, {"CLI/"}, {}},
      {"the terminal is one file's: what is on it is a pure function",
       {"src/", "apps/"},
       {"curses.h", "ncurses.h", "term.h", "ncursesw/"},
       {}},
  };
  return all;
}

// Exceptions to the bans, each with its reason.
bool excused(const TextFile& file, std::string_view key) {
  // SEPTET_ASSERT prints before it aborts.
  if (file.path == "src/base/result.h" && key == "printf") return true;
  if (file.path == "src/cli/command_line.cpp" && key == "CLI/CLI.hpp") return true;
  if (file.path == "src/cli/top/screen.cpp" && key == "curses.h") return true;
  // Loads the solver library and nothing else: linked, it would cost every start of septet.
  if (file.path == "src/plan/solver_library.cpp" && key == "dlfcn.h") return true;
  if (file.path == "src/http/microhttpd_library.h" && key == "microhttpd.h") return true;
  // yaml-cpp reports through exceptions; what it throws, and what stops it from inside, ends there.
  if (file.path == "src/base/yaml.cpp" && key == "throw") return true;
  return false;
}

std::vector<std::pair<std::size_t, std::string>> includes_of(const TextFile& file) {
  static constexpr const char* kInclude = R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re";
  std::vector<std::pair<std::size_t, std::string>> found;
  const auto lines = lines_of(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].contains("include")) continue;
    for (auto& match : find_all(lines[i], kInclude))
      found.emplace_back(i + 1, std::move(match.group));
  }
  return found;
}

Offenders breaches(const TextFile& file, const Ban& ban) {
  Offenders found;
  const auto banned = [&](const std::string& header) {
    return std::ranges::any_of(ban.includes, [&](const std::string& name) {
      return header == name || (name.ends_with('/') && header.starts_with(name));
    });
  };
  for (const auto& [line, header] : includes_of(file)) {
    if (banned(header) && !excused(file, header))
      found.push_back(at(file, line) + ": #include " + header);
  }
  const std::string code = code_only(file.text);
  for (const Word& word : ban.words) {
    if (!code.contains(word.key) || excused(file, word.key)) continue;
    for (const Match& match : find_all(code, word.pattern)) {
      const auto line = lines_of(std::string_view(code).substr(0, match.offset + 1)).size();
      found.push_back(at(file, line) + ": " + match.text);
    }
  }
  return found;
}

TEST(Includes, PureCodeStaysPure) {
  for (const Ban& ban : bans()) {
    const auto offenders = scan(
        [&](const TextFile& file) {
          return file.is_cpp() && !file.is_test() &&
                 std::ranges::any_of(ban.folders,
                                     [&](const auto& folder) { return file.under(folder); });
        },
        [&](const TextFile& file, Offenders& out) {
          for (auto& found : breaches(file, ban)) out.push_back(std::move(found));
        });
    EXPECT_TRUE(offenders.empty()) << ban.why << ":\n" << to_string(offenders);
  }
}

TEST(Includes, PlantedBreachesAreFound) {
  const Ban& pure = bans()[0];
  EXPECT_EQ(breaches({"src/mig/a.cpp", "#include <fstream>\n"}, pure).size(), 1u);
  EXPECT_EQ(breaches({"src/mig/a.cpp", "#include <sys/stat.h>\n"}, pure).size(), 1u);
  EXPECT_EQ(breaches({"src/mig/a.cpp", "int x = getenv(\"A\");\n"}, pure).size(), 1u);
  EXPECT_EQ(breaches({"src/mig/a.cpp", "// getenv(x), <fstream>\nint runtime(0);\n"}, pure).size(),
            0u);
}

}  // namespace
}  // namespace septet::rules
