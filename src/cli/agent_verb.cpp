// septet agent — the node daemon, a program of its own beside this one: it links nghttp2 and loads
// libcurl, which `septet status` should not have to load.
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "cli/verb.h"

namespace septet::cli {

namespace {

namespace fs = std::filesystem;

Result<fs::path> folder_of_septet() {
  std::error_code failed;
  const fs::path self = fs::read_symlink("/proc/self/exe", failed);
  if (!failed) return self.parent_path();
  return fail(Code::kUnavailable, "cannot read /proc/self/exe: " + failed.message(),
              "is /proc mounted?");
}

// The agent finds its driver by these, as every program of ours does.
Result<> hand_over_driver(const Globals& globals) {
  std::string library = globals.driver_path.value_or("");
  if (globals.simulated) {
    TRY(ensure_simulated_node(globals));
    // Below `septet sim run` in a container it is found by its name alone.
    library = simulated_library().value_or("");
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread exists yet
    setenv("SEPTET_SIM", globals.state_path.c_str(), 1);
  }
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread exists yet
  if (!library.empty()) setenv("SEPTET_DRIVER", library.c_str(), 1);
  return {};
}

Result<int> run_agent(const Globals& globals, const std::vector<std::string>& arguments) {
  const fs::path folder = TRY(folder_of_septet());
  TRY(hand_over_driver(globals));
  const std::string program = (folder / "septet-agent").string();
  std::vector<std::string> words = {"septet-agent"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  argv.reserve(words.size() + 1);
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execv(program.c_str(), argv.data());
  return fail(Code::kNotFound,
              fmt::format("cannot start {}: {}", program, std::generic_category().message(errno)),
              "install septet-agent beside septet, or build it with: make build");
}

}  // namespace

extern const Verb kAgent{
    "agent", "the node daemon: Kubernetes, and the web page, API and metrics (--http)", run_agent};

}  // namespace septet::cli
