// septet sim process vary — pretend workloads whose numbers move, for whoever looks at them.
#include "cli/sim/vary.h"

#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <cmath>
#include <ctime>
#include <map>

#include "cli/command_line.h"
#include "cli/sim/subcommands.h"
#include "driver/simulated/machine.h"
#include "driver/simulated/process_table.h"

namespace septet::cli::sim {

namespace {

namespace simulated = driver::simulated;

struct Home {
  std::uint64_t start_ticks = 0;  // of the process it was seen of
  std::uint32_t sm = 0, memory = 0;
};
using Homes = std::map<std::pair<std::int32_t, std::uint32_t>, Home>;  // by pid and instance

void vary_all(simulated::NodeState& node, Homes& homes, std::uint32_t spread, Random& random) {
  simulated::reap_processes(node, simulated::is_alive);
  for (simulated::ProcessState& process : node.processes) {
    if (process.pid == 0) continue;
    Home& home = homes[{process.pid, process.gpu * simulated::kMaxGpuInstances +
                                         process.gpu_instance % simulated::kMaxGpuInstances}];
    if (home.start_ticks != process.start_ticks)
      home = {process.start_ticks, process.sm_percent, process.memory_percent};
    process.sm_percent = wander(process.sm_percent, home.sm, spread, random);
    process.memory_percent = wander(process.memory_percent, home.memory, spread, random);
  }
}

// False: told to stop while waiting. SIGINT and SIGTERM are blocked.
bool wait_for_next(const sigset_t& stops, double seconds) {
  timespec time{};
  time.tv_sec = static_cast<time_t>(seconds);
  time.tv_nsec = static_cast<long>((seconds - std::floor(seconds)) * 1e9);
  return sigtimedwait(&stops, nullptr, &time) < 0;
}

}  // namespace

std::uint32_t wander(std::uint32_t now, std::uint32_t home, std::uint32_t spread, Random& random) {
  if (home == 0 || spread == 0) return home;
  const double about = home, wide = spread;
  const double step = (random.uniform() * 2 - 1) * wide / 3;
  const double back = (about - now) * 0.15;
  const double least = std::max(0.0, about - wide), most = std::min(100.0, about + wide);
  return static_cast<std::uint32_t>(std::lround(std::clamp(now + step + back, least, most)));
}

Result<int> vary_processes(const Globals& globals, const std::vector<std::string>& arguments) {
  double every = 1;
  std::uint32_t spread = 25;
  std::uint64_t seed = 1;
  CommandLine line(
      "lets the activity of all pretend workloads wander about what they were started with, until "
      "Ctrl-C",
      "septet sim process vary");
  line.option("--every", every, "seconds between two steps (default 1)").range(0.05, 3600.0);
  line.option("--spread", spread, "percent to either side at most (default 25)").range(0, 100);
  line.option("--seed", seed, "of the steps (default 1)");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto file = TRY(open_state(globals));
  sigset_t stops{};
  sigemptyset(&stops);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&stops, signal);
  pthread_sigmask(SIG_BLOCK, &stops, nullptr);
  Homes homes;
  Random random(seed);
  do {
    const auto status = file->change([&](simulated::NodeState& node) {
      vary_all(node, homes, spread, random);
      return simulated::Status::kSuccess;
    });
    if (status != simulated::Status::kSuccess)
      return std::unexpected(refused(status, "change the activity of the pretend workloads", ""));
  } while (wait_for_next(stops, every));
  return 0;
}

}  // namespace septet::cli::sim
