// septet slurm reboot — what Slurm runs as RebootProgram after a Helper: slurmd started anew.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/types.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>

#include "base/replace_file.h"
#include "cli/command_line.h"
#include "cli/publish_slurm.h"
#include "cli/slurm_menu.h"
#include "cli/slurm_verb.h"
#include "slurm/cluster.h"
#include "slurm/relayout_plan.h"
#include "slurm/run_program.h"

namespace septet::cli {

namespace {

constexpr std::chrono::seconds kStartLimit{60};

struct RunningSlurmd {
  int pid = 0;
  slurm::SlurmdWords words;
};

// "42 (slurmd) S 1 ...": the name may hold spaces and parentheses.
Result<int> parent_of(int pid) {
  const std::string stat = TRY(read_site_file(fmt::format("/proc/{}/stat", pid)));
  const std::size_t end = stat.rfind(") ");
  int parent = 0;
  if (end != stat.npos && std::sscanf(stat.c_str() + end + 2, "%*c %d", &parent) == 1)
    return parent;
  return fail(Code::kUnavailable, fmt::format("process {} has no parent that can be told", pid));
}

Result<RunningSlurmd> slurmd_above() {
  for (int pid = getppid(); pid > 1;) {
    if (TRY(read_site_file(fmt::format("/proc/{}/comm", pid))) == "slurmd\n") {
      std::vector<std::string> argv;
      std::string text = TRY(read_site_file(fmt::format("/proc/{}/cmdline", pid)));
      for (std::size_t end = 0; (end = text.find('\0')) != text.npos; text.erase(0, end + 1))
        argv.push_back(text.substr(0, end));
      return RunningSlurmd{pid, slurm::slurmd_words(argv)};
    }
    pid = TRY(parent_of(pid));
  }
  return fail(Code::kInvalidArgument, "septet slurm reboot was not run by a slurmd",
              "name its file as RebootProgram in slurm.conf (septet slurm helpers)");
}

Result<> write_gres(const Globals& globals, const std::string& node_name) {
  const std::string path = default_gres_conf();
  const auto driver = TRY(open_driver(globals));
  const auto node = TRY(driver->observe());
  const auto devices = TRY(slurm_devices_of(node));
  const auto detection = TRY(slurm::detection_of(path, node_name, read_site_file));
  const std::string lines = slurm::without_types(publish::gres_conf(node_name, devices, detection));
  const std::string text = TRY(slurm::with_node_lines(path, node_name, lines, read_site_file));
  return replace_file(path, text);
}

// Drained, so that a registration does not put it back to work; down, so that the job that asked
// for the feature does not run without it.
Result<> put_down(const std::string& node, const std::string& reason) {
  TRY(slurm::drain_node(node, reason));
  TRY(slurm::run_program(
      {"scontrol", "update", "NodeName=" + node, "State=DOWN", "Reason=" + reason}, kStartLimit));
  return slurm::drain_node(node, reason);
}

Result<> start_anew(const Globals& globals, const RunningSlurmd& slurmd, const std::string& node) {
  const std::string note = TRY(helper_note(globals));
  if (access(note.c_str(), F_OK) == 0) {
    const std::string reason = TRY(read_site_file(note));
    TRY(put_down(node, reason));
    unlink(note.c_str());
    TRY(recover_before(globals, ChangeOptions{}));
  }
  TRY(write_gres(globals, node));
  TRY(slurm::stop_slurmd(slurmd.pid));
  TRY(slurm::run_program(slurmd.words.again, kStartLimit));
  return {};
}

// slurmd waits for its RebootProgram's end, so who stops it must be somebody else.
Result<bool> leave_slurmd() {
  const pid_t child = fork();
  if (child < 0)
    return fail(Code::kUnavailable, "no process can be made to start slurmd anew",
                "look for what uses up the node's processes");
  if (child > 0) return false;
  setsid();
  const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    if (nowhere >= 0) dup2(nowhere, stream);
  return true;
}

Result<int> run_reboot(const Globals& globals, const std::vector<std::string>& arguments) {
  std::string file, features;
  CommandLine line(
      "what Slurm runs as RebootProgram: writes this node's lines of gres.conf, starts slurmd "
      "anew as it was, and has it say that it was booted; when the Helper failed, the node is "
      "put down with its sentence as reason",
      "septet slurm reboot");
  line.option("FILE", file, "the program that Slurm ran").required();
  line.option("FEATURES", features, "those that are in force now");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto slurmd = TRY(slurmd_above());
  const std::string node = slurmd.words.node.empty() ? TRY(short_host_name()) : slurmd.words.node;
  // What is run by us must ask the cluster that the slurmd is of.
  if (!slurmd.words.conf.empty())
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread was started yet
    setenv("SLURM_CONF", slurmd.words.conf.c_str(), 1);
  if (!TRY(leave_slurmd())) return 0;
  const auto done = start_anew(globals, slurmd, node);
  if (done) return 0;
  TRY(slurm::drain_node(node, slurm::reason_of(done.error())));
  return std::unexpected(done.error());
}

}  // namespace

const Verb kSlurmReboot{"reboot", "what Slurm runs to have slurmd start anew", run_reboot};

}  // namespace septet::cli
