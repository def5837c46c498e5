#include "slurm/cluster.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fstream>

#include "publish/hostlist.h"
#include "slurm/run_program.h"

namespace septet::slurm {
namespace {

using std::chrono::seconds;
constexpr seconds kAnswerLimit{60};
constexpr int kStopLimitMs = 60000;

Result<> tell_scontrol(std::vector<std::string> words) {
  words.insert(words.begin(), "scontrol");
  TRY(run_program(words, kAnswerLimit));
  return {};
}

std::string first_line(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

}  // namespace

Result<std::vector<SlurmNode>> ask_nodes() {
  const std::string text = TRY(run_program({"sinfo", "--all", "--json"}, kAnswerLimit));
  return parse_slurm_nodes(text);
}

Result<std::optional<SlurmNode>> ask_node(const std::string& name) {
  auto nodes = TRY(ask_nodes());
  const auto found = std::ranges::find(nodes, name, &SlurmNode::name);
  if (found == nodes.end()) return std::optional<SlurmNode>{};
  return std::optional(std::move(*found));
}

Result<std::vector<SlurmJob>> ask_jobs() {
  const std::string text = TRY(run_program({"squeue", "--all", "--json"}, kAnswerLimit));
  return parse_slurm_jobs(text);
}

Result<std::vector<SlurmJob>> ask_jobs_on(const std::string& node) {
  std::vector<SlurmJob> held;
  for (SlurmJob& job : TRY(ask_jobs())) {
    if (!job.holds_nodes()) continue;
    const auto nodes = TRY(publish::expand_hostlist(job.nodes));
    const auto at = std::ranges::find(nodes, node);
    if (at == nodes.end()) continue;
    // One detail per node of the job: only this node's is of interest.
    if (job.gres_detail.size() == nodes.size())
      job.gres_detail = {job.gres_detail[static_cast<std::size_t>(at - nodes.begin())]};
    held.push_back(std::move(job));
  }
  return held;
}

Result<> drain_node(const std::string& name, const std::string& reason) {
  return tell_scontrol({"update", "NodeName=" + name, "State=DRAIN", "Reason=" + reason});
}

Result<> resume_node(const std::string& name) {
  return tell_scontrol({"update", "NodeName=" + name, "State=RESUME"});
}

Result<> delete_node(const std::string& name, const std::string& reason) {
  TRY(tell_scontrol({"update", "NodeName=" + name, "State=DOWN", "Reason=" + reason}));
  return tell_scontrol({"delete", "NodeName=" + name});
}

Result<std::string> slurmd_pid_file(const std::string& node) {
  const std::string config = TRY(run_program({"scontrol", "show", "config"}, kAnswerLimit));
  const std::string key = "\nSlurmdPidFile";
  const std::size_t at = config.find(key);
  const std::size_t equals = at == config.npos ? at : config.find("= ", at);
  if (equals == config.npos)
    return fail(Code::kUnavailable, "scontrol show config tells no SlurmdPidFile");
  std::string path = config.substr(equals + 2, config.find('\n', equals) - equals - 2);
  for (const std::string_view pattern : {"%n", "%h"})
    if (const std::size_t found = path.find(pattern); found != path.npos)
      path.replace(found, 2, node);
  return path;
}

Result<std::optional<int>> slurmd_pid(const std::string& pid_file) {
  const std::string line = first_line(pid_file);
  int pid = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), pid);
  if (error != std::errc{} || pid <= 1) return std::optional<int>{};
  // A number left behind may be anybody's by now.
  if (first_line(fmt::format("/proc/{}/comm", pid)) != "slurmd") return std::optional<int>{};
  return std::optional(pid);
}

Result<> stop_slurmd(int pid) {
  const int process = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  if (process < 0 && errno == ESRCH) return {};
  const auto refused = [pid](const std::string& why) {
    return fail(Code::kUnavailable, fmt::format("slurmd (pid {}) does not stop: {}", pid, why),
                "stop it by hand, and run this again");
  };
  if (process < 0) return refused(strerrordesc_np(errno));
  const bool sent = syscall(SYS_pidfd_send_signal, process, SIGTERM, nullptr, 0) == 0;
  const int error = errno;
  pollfd ended{process, POLLIN, 0};
  const bool over = sent && poll(&ended, 1, kStopLimitMs) > 0;
  close(process);
  if (!sent && error != ESRCH) return refused(strerrordesc_np(error));
  if (sent && !over) return refused("a minute is over");
  return {};
}

Result<> start_dynamic_slurmd(const std::string& node, const std::string& conf) {
  TRY(run_program({"slurmd", "-N", node, "-Z", "--conf", conf}, kAnswerLimit));
  return {};
}

}  // namespace septet::slurm
