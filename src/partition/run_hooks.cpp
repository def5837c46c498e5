// Runs the commands of a hooks file (parted_hooks.h).
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/quoted.h"
#include "partition/parted_hooks.h"

namespace septet::partition {

namespace {

std::unexpected<Error> failed(const Hook& hook, const std::string& what, std::string remedy) {
  return fail(Code::kUnavailable, hook.where + ": " + quoted(hook.command) + " " + what,
              std::move(remedy));
}

Result<std::string> program_of(const Hook& hook) {
  if (hook.command.find('/') != std::string::npos) return hook.command;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing changes the environment while this runs
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "/usr/sbin:/usr/bin:/sbin:/bin" : path;
  while (!rest.empty()) {
    const std::size_t colon = std::min(rest.find(':'), rest.size());
    const std::string candidate = std::string(rest.substr(0, colon)) + "/" + hook.command;
    rest.remove_prefix(std::min(colon + 1, rest.size()));
    struct stat file {};
    if (candidate.front() == '/' && stat(candidate.c_str(), &file) == 0 && S_ISREG(file.st_mode) &&
        access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return failed(hook, "is in no folder of PATH", "write the whole path of the program");
}

std::vector<std::string> environment_of(const Hook& hook, const HookEnvironment& overlay) {
  HookEnvironment both = overlay;
  for (const auto& [name, value] : hook.environment) {
    if (std::ranges::find(overlay, name, &HookEnvironment::value_type::first) == overlay.end())
      both.emplace_back(name, value);
  }
  std::vector<std::string> words;
  for (const auto& [name, value] : both) words.push_back(name + "=" + value);
  return words;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> found;
  for (std::string& word : words) found.push_back(word.data());
  found.push_back(nullptr);
  return found;
}

// What the child starts with: no signal blocked or ignored, no file of ours open.
class SpawnSettings {
 public:
  SpawnSettings(const Hook& hook, bool show_output) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawnattr_init(&attributes_);
    if (!hook.workdir.empty())
      note(posix_spawn_file_actions_addchdir_np(&actions_, hook.workdir.c_str()));
    open(STDIN_FILENO, O_RDONLY);
    if (!show_output) {
      open(STDOUT_FILENO, O_WRONLY);
      open(STDERR_FILENO, O_WRONLY);
    }
    note(posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1));
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    note(posix_spawnattr_setsigmask(&attributes_, &none));
    note(posix_spawnattr_setsigdefault(&attributes_, &all));
    note(posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  ~SpawnSettings() {
    posix_spawnattr_destroy(&attributes_);
    posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  // An errno.
  int spawn(pid_t& child, const char* program, std::vector<std::string>& arguments,
            std::vector<std::string>& environment) const {
    if (failure_ != 0) return failure_;
    return posix_spawn(&child, program, &actions_, &attributes_, pointers(arguments).data(),
                       pointers(environment).data());
  }

 private:
  void note(int status) { failure_ = failure_ == 0 ? status : failure_; }
  void open(int target, int flags) {
    note(posix_spawn_file_actions_addopen(&actions_, target, "/dev/null", flags, 0));
  }
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  int failure_ = 0;
};

Result<> wait_for(const Hook& hook, pid_t child, bool show_output) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) {
      return failed(hook, std::string("cannot be waited for: ") + strerrordesc_np(errno), {});
    }
  }
  const std::string remedy =
      show_output ? "see what it said" : "--debug shows what it says; run it by hand";
  if (WIFSIGNALED(status)) {
    return failed(hook, "was killed by signal " + std::to_string(WTERMSIG(status)), remedy);
  }
  if (WEXITSTATUS(status) == 0) return {};
  return failed(hook, "exited with " + std::to_string(WEXITSTATUS(status)), remedy);
}

Result<> run_hook(const Hook& hook, const HookOptions& options) {
  const auto program = TRY(program_of(hook));
  struct stat folder {};
  if (!hook.workdir.empty() &&
      (stat(hook.workdir.c_str(), &folder) != 0 || !S_ISDIR(folder.st_mode))) {
    return failed(hook, "cannot start: its workdir " + quoted(hook.workdir) + " is no folder",
                  "make it, or name another");
  }
  std::vector<std::string> arguments{hook.command};
  arguments.insert(arguments.end(), hook.arguments.begin(), hook.arguments.end());
  std::vector<std::string> environment = environment_of(hook, options.overlay);
  pid_t child = 0;
  const SpawnSettings settings(hook, options.show_output);
  const int status = settings.spawn(child, program.c_str(), arguments, environment);
  if (status != 0) {
    return failed(hook, std::string("cannot be run: ") + strerrordesc_np(status),
                  "check its path and its rights");
  }
  return wait_for(hook, child, options.show_output);
}

}  // namespace

Result<> run_hooks(const Hooks& hooks, HookPoint point, const HookOptions& options) {
  for (const Hook& hook : hooks.of(point)) {
    if (auto done = run_hook(hook, options); !done) {
      return fail_because(std::move(done).error(),
                          "the " + std::string(to_string(point)) + " hook failed");
    }
  }
  return {};
}

}  // namespace septet::partition
