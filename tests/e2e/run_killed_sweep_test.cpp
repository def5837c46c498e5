// `septet run` killed at any system call that leaves a trace leaves no instance and no lease.
//
// How. The program and everything that it starts is traced (ptrace). At the n-th call that writes,
//      locks, renames, removes, forks, starts or ends something, SIGKILL goes to the guard, to the
//      keeper, or to all of them; n = 1, 2, 3 ... until it lives to its end. Whoever is left
//      must put things right by itself; where nobody is, the next `septet recover` must.
//      SEPTET_SWEEP=all visits each n, else every eleventh.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "program.h"

namespace septet::e2e {
namespace {

enum class Victim { kAll, kGuard, kKeeper };

constexpr std::array kTraces = {SYS_write,     SYS_pwrite64, SYS_fsync,  SYS_fdatasync,
                                SYS_ftruncate, SYS_rename,   SYS_unlink, SYS_unlinkat,
                                SYS_flock,     SYS_fcntl,    SYS_mkdir,  SYS_clone,
                                SYS_clone3,    SYS_execve,   SYS_kill,   SYS_exit_group};
constexpr long kOptions = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                          PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;

class Traced {
 public:
  Traced(const std::vector<std::string>& argv, Victim victim, unsigned at)
      : victim_(victim), at_(at) {
    guard_ = fork();
    if (guard_ == 0) become(argv);
    known_.insert(guard_);
  }

  // Until nobody of them is left. False: it ended before the n-th call.
  bool run() {
    int status = 0;
    waitpid(guard_, &status, 0);  // stopped by itself
    EXPECT_EQ(ptrace(PTRACE_SETOPTIONS, guard_, nullptr, kOptions), 0);
    ptrace(PTRACE_SYSCALL, guard_, nullptr, 0);
    for (pid_t pid = 0; (pid = waitpid(-1, &status, __WALL)) > 0;) {
      if (WIFSTOPPED(status)) {
        stopped(pid, status);
      } else {
        known_.erase(pid);
      }
    }
    return killed_;
  }

 private:
  [[noreturn]] static void become(const std::vector<std::string>& argv) {
    ptrace(PTRACE_TRACEME, 0, nullptr, nullptr);
    setenv("ASAN_OPTIONS", "detect_leaks=0", 1);  // it cannot, when traced
    std::vector<std::string> words = argv;
    std::vector<char*> pointers;
    for (std::string& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    const int null = open("/dev/null", O_RDWR);
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO}) dup2(null, fd);
    raise(SIGSTOP);
    execv(pointers[0], pointers.data());
    _exit(127);
  }

  void stopped(pid_t pid, int status) {
    known_.insert(pid);
    const int event = status >> 16, number = WSTOPSIG(status);
    if (event == PTRACE_EVENT_FORK && pid == guard_ && keeper_ == 0) {
      unsigned long child = 0;
      ptrace(PTRACE_GETEVENTMSG, pid, nullptr, &child);
      keeper_ = static_cast<pid_t>(child);
    }
    if (number == (SIGTRAP | 0x80) && !killed_) call(pid);
    const bool is_signal =
        event == 0 && number != (SIGTRAP | 0x80) && number != SIGTRAP && number != SIGSTOP;
    ptrace(killed_ ? PTRACE_CONT : PTRACE_SYSCALL, pid, nullptr, is_signal ? number : 0);
  }

  void call(pid_t pid) {
    __ptrace_syscall_info info{};
    ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info);
    if (info.op != PTRACE_SYSCALL_INFO_ENTRY) return;
    const auto number = static_cast<long>(info.entry.nr);
    if (std::find(kTraces.begin(), kTraces.end(), number) == kTraces.end()) return;
    if (victim_ == Victim::kKeeper && keeper_ == 0) return;
    if (++seen_ != at_) return;
    killed_ = true;
    if (victim_ == Victim::kGuard) kill(guard_, SIGKILL);
    if (victim_ == Victim::kKeeper) kill(keeper_, SIGKILL);
    if (victim_ != Victim::kAll) return;
    for (const pid_t one : known_) kill(one, SIGKILL);
  }

  Victim victim_;
  unsigned at_, seen_ = 0;
  pid_t guard_ = 0, keeper_ = 0;
  std::set<pid_t> known_;
  bool killed_ = false;
};

class RunKilledSweep : public testing::TestWithParam<Victim> {
 protected:
  // What is on the node that should not be; empty: nothing.
  std::string left() const {
    std::string found;
    const Json status = node_.json("status");
    for (const Json& gpu : status.at("gpus"))
      for (const Json& instance : gpu.at("gpu_instances")) found += instance["profile"].dump();
    const std::string runs = node_.state() + ".journal/runs";
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(runs, failed))
      found += " " + entry.path().filename().string();
    const auto history = node_.septet("--json history");
    if (history.code != 0) return found + " history: " + history.err;
    for (const Json& change : Json::parse(history.out, nullptr, false))
      if (!change.is_object() || change.value("unfinished", true)) found += history.out;
    return found;
  }
  const Node node_{"--gpus 2 --mig on"};
};

TEST_P(RunKilledSweep, LeavesNothing) {
  const char* const all = std::getenv("SEPTET_SWEEP");
  const unsigned stride = all != nullptr && std::string(all) == "all" ? 1 : 11;
  unsigned tried = 0;
  for (unsigned n = 1;; n += stride) {
    Traced run(node_.argv("run --profile 1g.10gb -- /bin/true"), GetParam(), n);
    const bool killed = run.run();
    if (GetParam() == Victim::kAll) {
      const auto recovered = node_.septet("recover");
      ASSERT_EQ(recovered.code, 0) << "killed at call " << n << ": " << recovered.err;
    }
    ASSERT_EQ(left(), "") << "killed at call " << n;
    if (!killed) break;
    ++tried;
  }
  EXPECT_GT(tried, 10u);
  RecordProperty("points", static_cast<int>(tried));
}

INSTANTIATE_TEST_SUITE_P(, RunKilledSweep,
                         testing::Values(Victim::kAll, Victim::kGuard, Victim::kKeeper),
                         [](const auto& row) {
                           return row.param == Victim::kAll     ? "All"
                                  : row.param == Victim::kGuard ? "Guard"
                                                                : "Keeper";
                         });

}  // namespace
}  // namespace septet::e2e
