// septet sim run -- CMD ARGS — any program against the simulated node.
//
// The child gets the library's folder first on LD_LIBRARY_PATH, SEPTET_SIM, a PATH on which
// `nvidia-smi` is septet, and, where the kernel allows it (root, or a user namespace), a mount
// namespace in which the companion files stand where programs look. What could not be provided is
// said on standard error.
#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <map>

#include "cli/sim/absent_files.h"
#include "cli/sim/companion_files.h"
#include "cli/sim/subcommands.h"

namespace septet::cli::sim {

namespace fs = std::filesystem;
namespace simulated = driver::simulated;

namespace {

// NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
std::string reason() { return std::strerror(errno); }

void say_missing(const std::string& what, const std::string& why) {
  fmt::print(stderr, "septet sim run: not provided: {} ({})\n", what, why);
}

bool write_text(const char* path, const std::string& text) {
  const int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  const bool done = write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(fd);
  return done;
}

// As root a mount namespace is enough; others need a user namespace in which they keep their own
// ids.
bool enter_namespace() {
  const uid_t uid = getuid();
  const gid_t gid = getgid();
  if (unshare(CLONE_NEWNS) != 0) {
    if (unshare(CLONE_NEWUSER | CLONE_NEWNS) != 0) return false;
    write_text("/proc/self/setgroups", "deny");
    if (!write_text("/proc/self/uid_map", fmt::format("{} {} 1", uid, uid)) ||
        !write_text("/proc/self/gid_map", fmt::format("{} {} 1", gid, gid))) {
      return false;
    }
  }
  return mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0;
}

void bind_companions(const fs::path& root) {
  if (!enter_namespace()) {
    say_missing("/proc/modules, /proc/driver/nvidia*, /proc/devices, /sys/bus/pci/devices",
                "no mount namespace: " + reason() + "; run as root or allow user namespaces");
    return;
  }
  const std::pair<const char*, const char*> binds[] = {{"modules", "/proc/modules"},
                                                       {"devices", "/proc/devices"},
                                                       {"driver", "/proc/driver"},
                                                       {"pci", "/sys/bus/pci/devices"}};
  for (const auto& [from, to] : binds) {
    if (access(to, F_OK) != 0) continue;  // absent_in(root) are shown another way
    if (mount((root / from).c_str(), to, nullptr, MS_BIND, nullptr) != 0) say_missing(to, reason());
  }
}

// Companion files that this kernel has no place for, and what stands for them.
std::map<std::string, fs::path> absent_in(const fs::path& root) {
  std::map<std::string, fs::path> absent;
  for (const char* name : {"modules", "devices"}) {
    const std::string path = std::string("/proc/") + name;
    if (access(path.c_str(), F_OK) != 0) absent.emplace(path, root / name);
  }
  return absent;
}

void set_environment(const Globals& globals, const fs::path& library, const fs::path& shims) {
  // In the child, before exec; no other thread exists.
  const auto prepend = [](const char* name, const std::string& value) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): see above
    const char* old = std::getenv(name);
    const std::string joined = old != nullptr && *old != '\0' ? value + ":" + old : value;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): see above
    setenv(name, joined.c_str(), 1);
  };
  prepend("LD_LIBRARY_PATH", library.string());
  prepend("PATH", shims.string());
  const std::string state = fs::absolute(globals.state_path).string();
  // NOLINTNEXTLINE(concurrency-mt-unsafe): see above
  setenv("SEPTET_SIM", state.c_str(), 1);
}

[[noreturn]] void become(const Globals& globals, std::vector<std::string> command,
                         const fs::path& root, const fs::path& library, int socket) {
  prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
  set_environment(globals, library, root / "bin");
  bind_companions(root);
  if (socket >= 0 && !ask_before_opening(socket)) {
    say_missing("/proc/modules", "this kernel has none and no seccomp notification: " + reason());
  }
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  fmt::print(stderr, "septet sim run: cannot run {}: {}\n", command[0], reason());
  _exit(errno == ENOENT ? 127 : 126);
}

pid_t running_child = 0;

// Keeps the capability files in step with the node until the child ends; its wait status.
int follow(const simulated::StateFile& file, const fs::path& root, pid_t child, int listener) {
  running_child = child;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    std::signal(signal, [](int number) { kill(running_child, number); });
  }
  const auto absent = absent_in(root);
  std::uint64_t seen = file.current_generation();
  int status = 0;
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (const auto now = file.current_generation(); now != seen) {
      seen = now;
      const auto node = file.read([](const simulated::NodeState& state) { return state; });
      (void)update_capabilities(node, root);  // a full disk shows in the client's own error
    }
    pollfd asked{listener, POLLIN, 0};
    if (poll(&asked, 1, 5) > 0 && (asked.revents & POLLIN) != 0) answer_one(listener, absent);
    if ((asked.revents & (POLLHUP | POLLERR)) != 0)
      listener = -1;  // no process is left that could ask
  }
  return status;
}

Result<fs::path> make_workspace(const simulated::NodeState& node, const fs::path& septet) {
  std::error_code failed;
  std::string pattern = (fs::temp_directory_path(failed) / "septet-run-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) {
    return fail(Code::kUnavailable,
                fmt::format("cannot make a folder like {}: {}", pattern, reason()),
                "set TMPDIR to a folder that can be written");
  }
  const fs::path root = pattern;
  TRY(write_companions(node, root));
  fs::create_directories(root / "bin", failed);
  fs::create_symlink(septet, root / "bin" / "nvidia-smi", failed);
  return root;
}

Result<int> run(const Globals& globals, const std::vector<std::string>& arguments) {
  std::vector<std::string> command = arguments;
  if (!command.empty() && (command[0] == "--help" || command[0] == "-h")) {
    fmt::print(
        "usage: septet [--sim=STATE] sim run -- CMD ARGS\n\n"
        "Runs CMD against the simulated node: its libnvidia-ml.so.1 first on LD_LIBRARY_PATH, "
        "septet as\n"
        "nvidia-smi on PATH, and the files that programs read beside the library (/proc/modules, "
        "/proc/devices,\n"
        "/proc/driver, /sys/bus/pci/devices) in a mount namespace where that is allowed. Exits as "
        "CMD does.\n");
    return 0;
  }
  if (!command.empty() && command[0] == "--") command.erase(command.begin());
  if (command.empty())
    return fail(Code::kInvalidArgument, "run what?", "septet sim run -- CMD ARGS");

  const auto file = TRY(open_state(globals));
  std::error_code failed;
  const fs::path septet = fs::read_symlink("/proc/self/exe", failed);
  const fs::path library = septet.parent_path().parent_path() / "lib";
  if (!fs::exists(library / "libnvidia-ml.so.1", failed)) {
    return fail(Code::kNoDriver, fmt::format("the simulated driver is not in {}", library.string()),
                "make build");
  }
  const auto node = file->read([](const simulated::NodeState& state) { return state; });
  const fs::path root = TRY(make_workspace(node, septet));
  std::fflush(nullptr);
  int sockets[2] = {-1, -1};
  if (!absent_in(root).empty() &&
      socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0) {
    return fail(Code::kUnavailable, "cannot make a socket pair: " + reason());
  }
  const pid_t child = fork();
  if (child < 0) return fail(Code::kUnavailable, "cannot fork: " + reason());
  if (child == 0) become(globals, command, root, library, sockets[1]);
  if (sockets[1] >= 0) close(sockets[1]);
  const int listener = sockets[0] >= 0 ? receive_listener(sockets[0]) : -1;
  const int status = follow(*file, root, child, listener);
  fs::remove_all(root, failed);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

const Subcommand kRun{"run", "runs any program against the node", run};

}  // namespace septet::cli::sim
