#include "agent/mps_daemons.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <system_error>

namespace septet::agent {

namespace {

constexpr auto kStop = std::chrono::milliseconds(2000);
constexpr auto kCommandTimeout = std::chrono::milliseconds(5000);

// argv and environment as execve wants them; no shell anywhere.
Result<pid_t> spawn(std::vector<std::string> words, std::vector<std::string> environment,
                    int stdin_file) {
  std::vector<char*> argv, envp;
  for (std::string& word : words) argv.push_back(word.data());
  for (std::string& variable : environment) envp.push_back(variable.data());
  argv.push_back(nullptr);
  envp.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  if (stdin_file >= 0) {
    posix_spawn_file_actions_adddup2(&actions, stdin_file, STDIN_FILENO);
  } else {
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  pid_t pid = -1;
  const int error =
      posix_spawnp(&pid, words[0].c_str(), &actions, nullptr, argv.data(), envp.data());
  posix_spawn_file_actions_destroy(&actions);
  if (error == 0) return pid;
  return fail(error == ENOENT ? Code::kNotFound : Code::kUnavailable,
              fmt::format("cannot start {}: {}", words[0], std::generic_category().message(error)),
              "it comes with the NVIDIA driver; is it mounted into the agent's container?");
}

std::vector<std::string> environment_of(const MpsShare& share, const std::string& root) {
  const std::string folder = root + "/" + share.uuid;
  return {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
          "CUDA_VISIBLE_DEVICES=" + share.uuid, "CUDA_MPS_PIPE_DIRECTORY=" + folder + "/pipe",
          "CUDA_MPS_LOG_DIRECTORY=" + folder + "/log"};
}

// False: it did not end within `most`.
bool wait_for(pid_t pid, std::chrono::milliseconds most, int& status) {
  // glibc 2.36 has no wrapper in a header that C++ reads.
  const int file = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  pollfd ended{file, POLLIN, 0};
  const bool ends = file < 0 || poll(&ended, 1, static_cast<int>(most.count())) > 0;
  if (file >= 0) close(file);
  return ends && waitpid(pid, &status, 0) == pid;
}

void stop(pid_t pid) {
  int status = 0;
  kill(pid, SIGTERM);
  if (wait_for(pid, kStop, status)) return;
  kill(pid, SIGKILL);
  waitpid(pid, &status, 0);
}

std::uint64_t memory_of(const mig::Node& node, const publish::Device& device) {
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.index != device.gpu) continue;
    if (!device.gpu_instance) return gpu.usage.memory_total_mib.value_or(0);
    for (const mig::GpuInstance& instance : gpu.instances) {
      if (instance.id == *device.gpu_instance) return instance.usage.memory_total_mib.value_or(0);
    }
  }
  return 0;
}

}  // namespace

std::vector<MpsShare> mps_shares(const mig::Node& node, const publish::Offer& offer) {
  std::vector<MpsShare> shares;
  for (const publish::Resource& resource : offer.resources) {
    if (resource.sharing != publish::SharingKind::kMps) continue;
    for (const publish::Device& device : resource.devices) {
      const MpsShare share{device.uuid, resource.replicas, memory_of(node, device)};
      if (std::ranges::find(shares, share) == shares.end()) shares.push_back(share);
    }
  }
  return shares;
}

std::string mps_commands(const MpsShare& share) {
  std::string text =
      fmt::format("set_default_active_thread_percentage {}\n", 100 / std::max(1u, share.replicas));
  if (share.memory_mib != 0) {
    text += fmt::format("set_default_device_pinned_mem_limit 0 {}M\n",
                        share.memory_mib / std::max(1u, share.replicas));
  }
  return text;
}

MpsDaemons::~MpsDaemons() {
  for (const auto& [uuid, daemon] : daemons_) stop(daemon.pid);
}

bool MpsDaemons::running(const std::string& uuid) const { return daemons_.contains(uuid); }

void MpsDaemons::reap() {
  std::erase_if(daemons_, [](const auto& one) {
    int status = 0;
    return waitpid(one.second.pid, &status, WNOHANG) != 0;
  });
}

// Clients find the folder at /dev/shm, the daemon its own /dev/shm: they must be one. In the
// chart's container it is mounted there; on the host itself the name leads there.
Result<> MpsDaemons::share_memory() const {
  const std::string shm = root_ + "/shm";
  std::error_code failed;
  if (std::filesystem::exists(shm, failed)) return {};
  std::filesystem::create_directories(root_, failed);
  if (!failed) std::filesystem::create_directory_symlink("/dev/shm", shm, failed);
  if (!failed) return {};
  return fail(Code::kNoPermission, fmt::format("cannot make {}: {}", shm, failed.message()),
              "name another folder: --mps-root");
}

Result<pid_t> MpsDaemons::start(const MpsShare& share) const {
  TRY(share_memory());
  for (const char* const folder : {"/pipe", "/log"}) {
    std::error_code failed;
    std::filesystem::create_directories(root_ + "/" + share.uuid + folder, failed);
    if (failed) {
      return fail(
          Code::kNoPermission,
          fmt::format("cannot make {}/{}{}: {}", root_, share.uuid, folder, failed.message()),
          "name another folder: --mps-root");
    }
  }
  return spawn({program_, "-f"}, environment_of(share, root_), -1);
}

// The daemon listens on a socket in its pipe folder, which another call of the program writes to.
Result<> MpsDaemons::command(const MpsShare& share) const {
  int ends[2] = {-1, -1};
  if (pipe2(ends, O_CLOEXEC) != 0)
    return fail(Code::kUnavailable, "no pipe: " + std::generic_category().message(errno));
  const std::string text = mps_commands(share);
  const bool wrote = write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
  close(ends[1]);
  const auto pid = spawn({program_}, environment_of(share, root_), ends[0]);
  close(ends[0]);
  if (!pid) return std::unexpected(pid.error());
  int status = 0;
  const bool ended = wait_for(*pid, kCommandTimeout, status);
  if (!ended) stop(*pid);
  if (wrote && ended && WIFEXITED(status) && WEXITSTATUS(status) == 0) return {};
  return fail(Code::kUnavailable,
              fmt::format("the MPS daemon of {} does not take its limits", share.uuid),
              fmt::format("its words are in {}/{}/log", root_, share.uuid));
}

Result<> MpsDaemons::keep(const std::vector<MpsShare>& shares) {
  reap();
  std::erase_if(daemons_, [&shares](const auto& one) {
    if (std::ranges::find(shares, one.second.share) != shares.end()) return false;
    stop(one.second.pid);
    return true;
  });
  Result<> first;
  for (const MpsShare& share : shares) {
    if (daemons_.contains(share.uuid)) continue;
    const auto pid = start(share);
    if (!pid) {
      if (first) first = std::unexpected(pid.error());
      continue;
    }
    daemons_[share.uuid] = {*pid, share};
    auto told = command(share);
    if (!told && first) first = std::move(told);
  }
  return first;
}

}  // namespace septet::agent
