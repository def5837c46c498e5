// apps/septet-agent/main.cpp — only wires: words and environment in, the node daemon, exit code
// out.
#include <fmt/core.h>
#include <malloc.h>
#include <signal.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string>
#include <vector>

#include "agent/serve.h"

namespace {

std::atomic<bool> stop_asked{false};  // NOLINT: a signal handler has nothing else
static_assert(std::atomic<bool>::is_always_lock_free);

void ask_stop(int) { stop_asked = true; }

std::optional<std::string> environment(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

std::string host_name() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

int report(const septet::Error& error) {
  fmt::print(stderr, "septet agent: {}\n", error.describe());
  return septet::exit_code(error);
}

}  // namespace

int main(int argc, char** argv) {
  using namespace septet;
  // Its threads are many and do little: an arena for each would be most of its memory.
  mallopt(M_ARENA_MAX, 2);  // NOLINT(concurrency-mt-unsafe): no thread exists yet
  auto options = agent::read_agent_options({argv + 1, argv + argc}, environment);
  if (!options) return report(options.error());
  if (options->help) {
    fmt::print("{}", agent::agent_help());
    return 0;
  }
  if (!options->kubernetes && options->http.address.empty()) {
    return report(
        {Code::kInvalidArgument, "whom should the agent serve?",
         "septet agent --kubernetes, --http 127.0.0.1:8080, or both (septet agent --help)", 0,
         nullptr});
  }
  if (options->node_name.empty()) options->node_name = host_name();
  struct sigaction action {};
  action.sa_handler = ask_stop;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGQUIT, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error where it is written
  const auto ran = agent::serve(*options, stop_asked, [](const std::string& line) {
    fmt::print(stderr, "septet agent: {}\n", line);
  });
  return ran ? 0 : report(ran.error());
}
