#include "cli/run/keeper.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>

#include "cli/run/descendants.h"

namespace septet::cli {

namespace {

constexpr std::array kHandedOn = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGWINCH};
constexpr int kTermGrace_ms = 5000;  // from asking what was left running to end, until it is killed

std::unexpected<Error> call_failed(const char* call) {
  return fail(Code::kUnavailable,
              fmt::format("{}: {}", call, std::generic_category().message(errno)));
}

sigset_t watched() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGCHLD);
  for (const int number : kHandedOn) sigaddset(&set, number);
  return set;
}

// The terminal sends Ctrl-C to everybody in the foreground itself.
bool from_terminal(const signalfd_siginfo& told) { return told.ssi_code == SI_KERNEL; }

int shell_status(int status) {
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

// Reaps `wanted` and whatever else came to this process; what became of it once it has ended.
std::optional<int> reap(pid_t wanted) {
  std::optional<int> ended;
  int status = 0;
  for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;)
    if (pid == wanted) ended = status;
  return ended;
}

// Waits until `child` has ended, handing signals on to it; its status. When the other end of `pipe`
// is closed, everything below this process is ended and buried, `child` with it.
int wait_for(pid_t child, int signals, int pipe) {
  for (;;) {
    if (const auto status = reap(child)) return *status;
    std::array<pollfd, 2> events = {{{signals, POLLIN, 0}, {pipe, POLLIN, 0}}};
    if (poll(events.data(), events.size(), -1) < 0) continue;
    if ((events[1].revents & (POLLHUP | POLLERR)) != 0) {
      end_descendants(kTermGrace_ms);
      return SIGTERM;
    }
    signalfd_siginfo told{};
    if ((events[0].revents & POLLIN) == 0 || read(signals, &told, sizeof told) != sizeof told)
      continue;
    if (told.ssi_signo != SIGCHLD && !from_terminal(told))
      kill(child, static_cast<int>(told.ssi_signo));
  }
}

[[noreturn]] void become(const Program& program, const sigset_t& before) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread exists here
  for (const auto& [name, value] : program.environment) setenv(name.c_str(), value.c_str(), 1);
  std::vector<std::string> words = program.argv;
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  execvp(argv[0], argv.data());
  const int error = errno;
  fmt::print(stderr, "septet run: cannot run {}: {}\n", words[0],
             std::generic_category().message(error));
  _exit(error == ENOENT ? 127 : 126);
}

// The program's exit status, once nothing of it runs.
Result<int> run_program(const Program& program, int guard) {
  const sigset_t set = watched();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &set, &before);
  const int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) return call_failed("signalfd");
  const pid_t child = fork();
  if (child < 0) return call_failed("fork");
  if (child == 0) {
    if (getppid() == 1) _exit(1);
    become(program, before);
  }
  const int status = wait_for(child, signals, guard);
  end_descendants(kTermGrace_ms);
  close(signals);
  return shell_status(status);
}

int report(const Error& error) {
  fmt::print(stderr, "septet run: {}\n", error.describe());
  return exit_code(error);
}

// In the keeper. `guard` reads end of file when the guard is gone.
int keep(const Errand& errand, int guard) {
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const auto program = errand.take();
  if (!program) return report(program.error());
  const auto status = run_program(*program, guard);
  if (auto given = errand.give_back(); !given) {
    const int code = report(given.error());
    return status && *status != 0 ? *status : code;
  }
  return status ? *status : report(status.error());
}

}  // namespace

Result<int> run_kept(const Errand& errand) {
  std::array<int, 2> guard{};
  if (pipe2(guard.data(), O_CLOEXEC) != 0) return call_failed("pipe2");
  // Before the fork: no signal falls between.
  const sigset_t set = watched();
  sigset_t before;
  pthread_sigmask(SIG_BLOCK, &set, &before);
  const int signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signals < 0) return call_failed("signalfd");
  prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  std::fflush(nullptr);
  const pid_t keeper = fork();
  if (keeper < 0) return call_failed("fork");
  if (keeper == 0) {
    close(guard[1]);
    close(signals);
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    const int status = keep(errand, guard[0]);
    std::fflush(nullptr);
    _exit(status);
  }
  close(guard[0]);
  const int status = wait_for(keeper, signals, -1);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  close(signals);
  close(guard[1]);
  if (!WIFSIGNALED(status)) return WEXITSTATUS(status);
  end_descendants(kTermGrace_ms);
  TRY(errand.clean_up());
  return fail(Code::kInterrupted,
              fmt::format("the process that looked after the program was ended by signal {}",
                          WTERMSIG(status)),
              "the program was ended, and its slice given back; start it again");
}

}  // namespace septet::cli
