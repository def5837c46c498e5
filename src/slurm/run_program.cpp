#include "slurm/run_program.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/quoted.h"

namespace septet::slurm {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t kMostBytes = std::size_t{256} << 20;

class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close_it(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return number_; }
  void set(int number) {
    close_it();
    number_ = number;
  }
  void close_it() {
    if (number_ >= 0) close(number_);
    number_ = -1;
  }

 private:
  int number_ = -1;
};

struct Pipe {
  Descriptor reader, writer;
  bool make() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    reader.set(ends[0]);
    writer.set(ends[1]);
    return true;
  }
};

// An errno.
int spawn_with(const std::vector<std::string>& words, const Pipe& out, const Pipe& err,
               pid_t& child) {
  std::vector<std::string> copies = words;
  std::vector<char*> argv;
  for (std::string& word : copies) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, out.writer.get(), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err.writer.get(), STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none, all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  const int status =
      posix_spawnp(&child, words[0].c_str(), &actions, &attributes, argv.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return status;
}

// What is there now. False: too much.
bool take_all(int from, std::string& into) {
  std::array<char, 65536> buffer;
  for (;;) {
    const ssize_t got = read(from, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return true;
    into.append(buffer.data(), static_cast<std::size_t>(got));
    if (into.size() > kMostBytes) return false;
  }
}

std::string last_words(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  const std::size_t line = text.rfind('\n');
  if (line != text.npos) text.erase(0, line + 1);
  return text.empty() ? "and said nothing" : "and said " + quoted(text);
}

class Running {
 public:
  Running(const std::vector<std::string>& words, std::chrono::milliseconds limit)
      : words_(words), limit_(limit), until_(Clock::now() + limit) {}

  Result<std::string> run() {
    if (!out_.make() || !err_.make()) return failed("has no pipe: " + why(errno));
    const int status = spawn_with(words_, out_, err_, child_);
    if (status == ENOENT)
      return fail(Code::kNotFound, fmt::format("there is no program {}", words_[0]),
                  "install Slurm's client (slurm-client), or put it on PATH");
    if (status != 0) return failed("cannot be run: " + why(status));
    out_.writer.close_it();
    err_.writer.close_it();
    return until_its_end();
  }

 private:
  static std::string why(int number) { return strerrordesc_np(number); }
  std::unexpected<Error> failed(const std::string& what) const {
    return fail(Code::kUnavailable, fmt::format("{} {}", quoted(joined()), what),
                "run it by hand; is slurmctld up (scontrol ping)?");
  }
  std::string joined() const { return fmt::format("{}", fmt::join(words_, " ")); }

  Result<std::string> until_its_end() {
    const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, child_, 0)));
    pollfd watched[3] = {
        {out_.reader.get(), POLLIN, 0}, {err_.reader.get(), POLLIN, 0}, {process.get(), POLLIN, 0}};
    std::string out, err;
    for (;;) {
      const auto left =
          std::chrono::duration_cast<std::chrono::milliseconds>(until_ - Clock::now()).count();
      const int ready =
          left <= 0 ? 0 : poll(watched, 3, static_cast<int>(std::min<long>(left, 1L << 30)));
      if (ready < 0 && errno == EINTR) continue;
      if (ready <= 0) {
        end_it();
        return failed(fmt::format("did not end within {} ms", limit_.count()));
      }
      const bool ended = (watched[2].revents & POLLIN) != 0;
      if (!take_all(out_.reader.get(), out) || !take_all(err_.reader.get(), err)) {
        end_it();
        return failed("says more than 256 MiB");
      }
      for (pollfd& one : watched)
        if ((one.revents & POLLHUP) != 0 && (one.revents & POLLIN) == 0) one.fd = -1;
      if (ended) return answer(std::move(out), std::move(err));
    }
  }

  void end_it() const {
    kill(child_, SIGKILL);
    int status = 0;
    while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
  }

  Result<std::string> answer(std::string out, std::string err) const {
    int status = 0;
    while (waitpid(child_, &status, 0) < 0 && errno == EINTR) {
    }
    if (WIFSIGNALED(status))
      return failed(fmt::format("was killed by signal {}", WTERMSIG(status)));
    if (WEXITSTATUS(status) != 0)
      return failed(
          fmt::format("exited with {} {}", WEXITSTATUS(status), last_words(std::move(err))));
    return out;
  }

  const std::vector<std::string>& words_;
  std::chrono::milliseconds limit_;
  Clock::time_point until_;
  Pipe out_, err_;
  pid_t child_ = 0;
};

}  // namespace

Result<std::string> run_program(const std::vector<std::string>& words,
                                std::chrono::milliseconds limit) {
  return Running(words, limit).run();
}

}  // namespace septet::slurm
