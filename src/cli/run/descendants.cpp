#include "cli/run/descendants.h"

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace septet::cli {

namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// The fourth field of /proc/PID/stat; the second is a name in parentheses that may hold anything.
pid_t parent_of(const fs::path& process) {
  std::ifstream file(process / "stat");
  std::string line;
  std::getline(file, line);
  const auto end = line.rfind(')');
  if (end == std::string::npos || line.size() < end + 5) return 0;
  pid_t parent = 0;
  std::from_chars(line.data() + end + 4, line.data() + line.size(), parent);
  return parent;
}

// Below this process, at any depth.
std::vector<pid_t> descendants() {
  std::map<pid_t, std::vector<pid_t>> children;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator("/proc", failed)) {
    const std::string name = entry.path().filename();
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error != std::errc{} || end != name.data() + name.size()) continue;
    children[parent_of(entry.path())].push_back(pid);
  }
  std::vector<pid_t> found = {getpid()};
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto& next = children[found[i]];
    found.insert(found.end(), next.begin(), next.end());
  }
  found.erase(found.begin());
  return found;
}

bool nobody_left() {
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
  return waitpid(-1, nullptr, WNOHANG) < 0 && errno == ECHILD;
}

}  // namespace

void end_descendants(int grace_ms) {
  const auto deadline = Clock::now() + std::chrono::milliseconds(grace_ms);
  std::set<pid_t> asked;
  while (!nobody_left()) {
    const bool late = Clock::now() >= deadline;
    for (const pid_t pid : descendants()) {
      if (late) {
        kill(pid, SIGKILL);
      } else if (asked.insert(pid).second) {
        kill(pid, SIGTERM);
        kill(pid, SIGCONT);  // a stopped one does not hear
      }
    }
    poll(nullptr, 0, 5);  // a grandchild's end is told to nobody here
  }
}

}  // namespace septet::cli
