// septet sim process — pretend workloads: real processes that hold an instance and make its numbers
// live.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/json.h"
#include "cli/command_line.h"
#include "cli/sim/subcommands.h"
#include "driver/simulated/machine.h"
#include "driver/simulated/process_table.h"

namespace septet::cli::sim {

namespace {

namespace simulated = driver::simulated;

struct ProcessOptions {
  std::uint32_t gpu = 0, gi = simulated::kNone, ci = simulated::kNone, sm = 50,
                memory_activity = 30;
  std::uint64_t memory_mib = 1024;
  std::string name = "python";
  int pid = 0;
  double seconds = 0;
  bool graphics = false;
};

// NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
std::string process_reason() { return std::strerror(errno); }

volatile std::sig_atomic_t asked_to_stop = 0;

// The pretend workload itself: sleeps until told to stop, then leaves the node.
[[noreturn]] void hold(const ProcessOptions& options, int go) {
  setsid();
  prctl(PR_SET_NAME, options.name.c_str(), 0, 0, 0);
  const int null = open("/dev/null", O_RDWR);
  for (int fd = 0; fd <= 2 && null >= 0; ++fd) dup2(null, fd);
  char byte = 0;
  if (read(go, &byte, 1) != 1) _exit(1);  // the parent could not attach us
  struct sigaction action {};
  action.sa_handler = [](int) { asked_to_stop = 1; };
  for (const int signal : {SIGTERM, SIGINT, SIGALRM, SIGHUP}) sigaction(signal, &action, nullptr);
  if (options.seconds > 0) alarm(static_cast<unsigned>(options.seconds + 0.999));
  while (asked_to_stop == 0) pause();
  _exit(0);
}

simulated::ProcessState entry_of(const ProcessOptions& options, pid_t pid) {
  simulated::ProcessState process{};
  process.pid = pid;
  process.gpu = options.gpu;
  process.gpu_instance = options.gi;
  process.compute_instance = options.ci;
  process.start_ticks = simulated::start_ticks(pid);
  process.memory_mib = options.memory_mib;
  process.sm_percent = options.sm;
  process.memory_percent = options.memory_activity;
  process.graphics = options.graphics ? 1 : 0;
  options.name.copy(process.name, sizeof process.name - 1);
  return process;
}

Result<> attach(simulated::StateFile& file, const ProcessOptions& options, pid_t pid) {
  const auto process = entry_of(options, pid);
  const auto status = file.change([&process](simulated::NodeState& node) {
    simulated::reap_processes(node, simulated::is_alive);
    return simulated::attach_process(node, process);
  });
  if (status == simulated::Status::kSuccess) return {};
  const std::string where = options.gi == simulated::kNone
                                ? fmt::format("GPU {}", options.gpu)
                                : fmt::format("GPU {} instance {}", options.gpu, options.gi);
  return std::unexpected(
      refused(status, fmt::format("put a process with {} MiB on {}", options.memory_mib, where),
              "septet status shows the instances and their memory"));
}

Result<int> start(const Globals& globals, const std::vector<std::string>& arguments) {
  ProcessOptions options;
  CommandLine line("starts a pretend workload and prints its pid", "septet sim process start");
  line.option("--gpu,-i", options.gpu, "GPU index").required();
  line.option("--gi", options.gi, "GPU instance id (none: the whole GPU)");
  line.option("--ci", options.ci, "compute instance id (default 0 when --gi is given)");
  line.option("--memory", options.memory_mib, "memory, with a unit or in MiB (default 1GiB)")
      .with_unit({{"MiB", 1}, {"GiB", 1024}, {"M", 1}, {"G", 1024}});
  line.option("--sm", options.sm, "SM activity in percent of its instance (default 50)")
      .range(0, 100);
  line.option("--memory-activity", options.memory_activity,
              "memory activity in percent (default 30)")
      .range(0, 100);
  line.option("--name", options.name, "process name (default python)");
  line.option("--for", options.seconds, "ends by itself after so many seconds").range(0.0, 86400.0);
  line.option("--pid", options.pid, "put this running process on the GPU instead of a new one");
  line.flag("--graphics", options.graphics, "a graphics client, such as Xorg");
  if (TRY(line.parse(arguments)).finished) return 0;
  if (options.gi != simulated::kNone && options.ci == simulated::kNone) options.ci = 0;

  const auto file = TRY(open_state(globals));
  if (options.pid != 0) {
    TRY(attach(*file, options, options.pid));
    fmt::print("{}\n", options.pid);
    return 0;
  }
  int go[2];
  if (pipe2(go, O_CLOEXEC) != 0) return fail(Code::kInternal, "pipe: " + process_reason());
  const pid_t child = fork();
  if (child < 0) return fail(Code::kUnavailable, "fork: " + process_reason());
  if (child == 0) {
    close(go[1]);
    hold(options, go[0]);
  }
  close(go[0]);
  if (const auto attached = attach(*file, options, child); !attached) {
    close(go[1]);
    waitpid(child, nullptr, 0);
    return std::unexpected(attached.error());
  }
  const bool started = write(go[1], "g", 1) == 1;
  close(go[1]);
  if (!started) return fail(Code::kInternal, "the pretend workload did not start");
  fmt::print("{}\n", child);
  return 0;
}

std::vector<simulated::ProcessState> list_of(simulated::StateFile& file) {
  auto all = file.read([](const simulated::NodeState& node) {
    return std::vector<simulated::ProcessState>(std::begin(node.processes),
                                                std::end(node.processes));
  });
  std::erase_if(all, [](const auto& p) { return p.pid == 0 || !simulated::is_alive(p); });
  return all;
}

Result<> stop_one(simulated::StateFile& file, pid_t pid) {
  const auto running = list_of(file);
  if (std::ranges::find(running, pid, &simulated::ProcessState::pid) == running.end()) {
    return fail(Code::kNotFound, fmt::format("pid {} does not run on this node", pid),
                "septet sim process list");
  }
  kill(pid, SIGTERM);
  const auto status = file.change(
      [pid](simulated::NodeState& node) { return simulated::detach_process(node, pid); });
  if (status == simulated::Status::kSuccess) return {};
  return std::unexpected(refused(status, fmt::format("take pid {} off the node", pid), ""));
}

Result<int> stop(const Globals& globals, const std::vector<std::string>& arguments) {
  std::vector<pid_t> pids;
  bool all = false;
  CommandLine line("ends pretend workloads", "septet sim process stop");
  line.option("pid", pids, "pids that start printed");
  line.flag("--all", all, "all of them");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto file = TRY(open_state(globals));
  if (all) {
    for (const auto& process : list_of(*file)) pids.push_back(process.pid);
  } else if (pids.empty()) {
    return fail(Code::kInvalidArgument, "which process?", "septet sim process stop PID, or --all");
  }
  for (const pid_t pid : pids) TRY(stop_one(*file, pid));
  return 0;
}

Result<int> list(const Globals& globals, const std::vector<std::string>& arguments) {
  bool json = globals.json;
  CommandLine line("what runs on the node", "septet sim process list");
  line.flag("--json", json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto file = TRY(open_state(globals));
  const auto processes = list_of(*file);
  const auto id = [](std::uint32_t value) {
    return value == simulated::kNone ? Json(nullptr) : Json(value);
  };
  Json out = Json::array();
  for (const auto& p : processes) {
    out.push_back({{"pid", p.pid},
                   {"gpu", p.gpu},
                   {"gpu_instance", id(p.gpu_instance)},
                   {"compute_instance", id(p.compute_instance)},
                   {"memory_mib", p.memory_mib},
                   {"sm_percent", p.sm_percent},
                   {"name", p.name}});
  }
  if (json) {
    fmt::print("{}", to_text(out));
    return 0;
  }
  if (processes.empty()) fmt::print("nothing runs on this node\n");
  for (const Json& p : out) {
    fmt::print("pid {}  {}  GPU {} GI {} CI {}  {} MiB  SM {}%\n", p["pid"].dump(),
               p["name"].get<std::string>(), p["gpu"].dump(), p["gpu_instance"].dump(),
               p["compute_instance"].dump(), p["memory_mib"].dump(), p["sm_percent"].dump());
  }
  return 0;
}

Result<int> process(const Globals& globals, const std::vector<std::string>& arguments) {
  const std::string word = arguments.empty() ? "" : arguments[0];
  const std::vector<std::string> rest(arguments.empty() ? arguments.end() : arguments.begin() + 1,
                                      arguments.end());
  if (word == "start") return start(globals, rest);
  if (word == "stop") return stop(globals, rest);
  if (word == "list") return list(globals, rest);
  if (word == "vary") return vary_processes(globals, rest);
  if (word == "--help" || word == "-h") {
    fmt::print("usage: septet sim process start|stop|list|vary ...  (each with --help)\n");
    return 0;
  }
  if (word.starts_with("--"))
    return start(globals, arguments);  // `sim process --gpu 0 ...` means start
  return fail(Code::kInvalidArgument, fmt::format("no subcommand '{}' of sim process", word),
              "start, stop, list or vary");
}

}  // namespace

const Subcommand kProcess{"process", "pretend workloads: start, stop, list, vary", process};

}  // namespace septet::cli::sim
