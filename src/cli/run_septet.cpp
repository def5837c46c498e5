// What stands before the verb, and what happens to what a verb returns.
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "base/nearest.h"
#include "cli/smi/smi.h"
#include "cli/stop_on_signal.h"
#include "cli/verb.h"
#include "driver/simulated/state_file.h"

namespace septet::cli {

namespace {

void print_help() {
  fmt::print(
      "septet: the whole life of a Multi-Instance GPU\n\n"
      "usage: septet [--driver PATH | --sim[=STATE]] [--json] VERB ...\n\n");
  for (const Verb& verb : verbs()) fmt::print("  {:<10} {}\n", verb.name, verb.summary);
  fmt::print(
      "\n"
      "  --sim[=STATE]  a simulated node instead of this machine's GPUs; STATE is its file\n"
      "                 (default {})\n"
      "  --driver PATH  this libnvidia-ml.so.1 instead of the system's\n"
      "  --json         for programs\n"
      "  septet VERB --help says what a verb takes. Environment: SEPTET_SIM, SEPTET_DRIVER.\n"
      "\n"
      "exit: 0 done or nothing to do, 1 error, 2 changes pending, 3 does not fit,\n"
      "      4 in use, 5 no permission, 6 no driver, 130 or 143 interrupted\n",
      driver::simulated::default_state_path());
}

void use_simulated(Globals& globals, std::string_view state) {
  globals.simulated = true;
  globals.state_path = state.empty() ? driver::simulated::default_state_path() : std::string(state);
}

// Empty when it is not set.
std::string_view environment(const char* name) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment while this runs
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Globals globals_from_environment() {
  Globals globals;
  if (const auto path = environment("SEPTET_DRIVER"); !path.empty()) globals.driver_path = path;
  if (const auto state = environment("SEPTET_SIM"); !state.empty()) {
    use_simulated(globals, state == "1" ? "" : state);
  }
  return globals;
}

// Takes the words before the verb off `words`. Returns an exit code when they end the program.
Result<std::optional<int>> take_globals(std::vector<std::string>& words, Globals& globals) {
  while (!words.empty() && words.front().starts_with("-")) {
    const std::string word = words.front();
    words.erase(words.begin());
    if (word == "--help" || word == "-h") {
      print_help();
      return 0;
    }
    if (word == "--version") {
      fmt::print("{}\n", kVersion);
      return 0;
    }
    if (word == "--json") {
      globals.json = true;
    } else if (word == "--sim" || word.starts_with("--sim=")) {
      globals.driver_path.reset();
      use_simulated(globals, word.size() > 6 ? std::string_view(word).substr(6) : "");
    } else if (word == "--driver" || word.starts_with("--driver=")) {
      globals.simulated = false;
      if (word.size() > 9) {
        globals.driver_path = word.substr(9);
      } else if (!words.empty()) {
        globals.driver_path = words.front();
        words.erase(words.begin());
      } else {
        return fail(Code::kInvalidArgument, "--driver needs the path of a libnvidia-ml.so.1");
      }
    } else {
      static constexpr std::string_view kKnown[] = {"--sim", "--driver", "--json", "--help",
                                                    "--version"};
      return fail(Code::kInvalidArgument, fmt::format("no option '{}'", word),
                  did_you_mean(word, kKnown));
    }
  }
  return std::optional<int>{};
}

int report(std::string_view verb, const Error& error) {
  std::fflush(stdout);
  fmt::print(stderr, "septet{}{}: {}\n", verb.empty() ? "" : " ", verb, error.describe());
  return error.code == Code::kInterrupted ? StopOnSignal::exit_code() : exit_code(error);
}

}  // namespace

int run_septet(const std::vector<std::string>& argv) {
  Globals globals = globals_from_environment();
  std::vector<std::string> words;
  const std::string called = argv.empty() ? "" : argv[0].substr(argv[0].rfind('/') + 1);
  if (called == "nvidia-smi") words.emplace_back("smi");
  if (called == "nvidia-mig-parted") words.emplace_back("parted");
  words.insert(words.end(), argv.begin() + (argv.empty() ? 0 : 1), argv.end());
  const auto ended = take_globals(words, globals);
  if (!ended) return report("", ended.error());
  if (*ended) return **ended;
  if (words.empty()) {
    print_help();
    return 1;
  }
  const std::string name = words.front();
  words.erase(words.begin());
  if (name == "help") {
    print_help();
    return 0;
  }
  const auto verb = std::ranges::find(verbs(), name, &Verb::name);
  if (verb == verbs().end()) {
    std::vector<std::string_view> known;
    for (const Verb& v : verbs()) known.push_back(v.name);
    return report("", Error{Code::kInvalidArgument, fmt::format("no verb '{}'", name),
                            did_you_mean(name, known) + " (septet --help lists them)", 0, nullptr});
  }
  const auto code = verb->run(globals, words);
  if (!code) return report(name, code.error());
  if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) return 1;  // a full disk is not success
  return *code;
}

bool color_wanted() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment while this runs
  return isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
}

unsigned terminal_width() {
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 60) {
    return std::min<unsigned>(size.ws_col, 120);
  }
  return 80;
}

}  // namespace septet::cli
