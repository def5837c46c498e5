#include "partition/evict.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <string>

#include "plan/cut.h"

namespace septet::partition {

namespace {

constexpr std::chrono::milliseconds kTick{100};
constexpr std::chrono::milliseconds kAfterKill{2000};

pid_t pid_of(const mig::Process& process) { return static_cast<pid_t>(process.pid); }

Result<> send(const mig::Process& process, int signal) {
  if (kill(pid_of(process), signal) == 0 || errno == ESRCH) return {};
  if (errno == EPERM) {
    return fail(Code::kNoPermission, fmt::format("may not end {}", plan::who({process})),
                "run as root, or as the user it belongs to");
  }
  return fail(Code::kUnavailable, fmt::format("could not signal {}", plan::who({process})));
}

// Ended, but its parent has not asked for its status yet: it holds nothing any more.
bool is_zombie(const mig::Process& process) {
  std::ifstream file("/proc/" + std::to_string(process.pid) + "/stat");
  std::string stat;
  std::getline(file, stat);
  const auto name_end = stat.rfind(") ");  // the name may hold anything
  return name_end != std::string::npos && stat.substr(name_end + 2, 1) == "Z";
}

bool alive(const mig::Process& process) {
  return (kill(pid_of(process), 0) == 0 || errno == EPERM) && !is_zombie(process);
}

bool gone_within(const std::vector<mig::Process>& processes, std::chrono::milliseconds limit,
                 const Patience& patience) {
  for (std::chrono::milliseconds waited{0};; waited += kTick) {
    if (std::ranges::none_of(processes, alive)) return true;
    if (waited >= limit) return false;
    patience.wait(kTick);
  }
}

}  // namespace

Result<> evict(const std::vector<mig::Process>& processes, const Patience& patience) {
  for (const mig::Process& process : processes) {
    // 0 and 1 would signal our own group and init.
    if (process.pid <= 1) {
      return fail(Code::kInvalidArgument, fmt::format("will not end {}", plan::who({process})));
    }
  }
  for (const mig::Process& process : processes) TRY(send(process, SIGTERM));
  if (gone_within(processes, patience.grace, patience)) return {};
  for (const mig::Process& process : processes) TRY(send(process, SIGKILL));
  // Whether the instance is free now is the driver's to say.
  (void)gone_within(processes, kAfterKill, patience);
  return {};
}

}  // namespace septet::partition
