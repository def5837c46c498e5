#include "metrics/history_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

#include "base/quoted.h"

namespace septet::metrics {

namespace {

std::string holder_text(int file) {
  std::array<char, 32> text{};
  const ssize_t got = pread(file, text.data(), text.size(), 0);
  std::string_view pid(text.data(), got > 0 ? static_cast<std::size_t>(got) : 0);
  pid = pid.substr(0, pid.find('\n'));
  if (pid.empty() || pid.find_first_not_of("0123456789") != std::string_view::npos)
    return "another process";
  return fmt::format("pid {}", pid);
}

}  // namespace

Result<HistoryLock> HistoryLock::acquire(const std::string& history_path) {
  const std::string path = history_path + ".lock";
  struct stat found {};
  const bool was_here = lstat(path.c_str(), &found) == 0;
  const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (file < 0) {
    const bool rights = errno == EACCES || errno == EPERM || errno == EROFS;
    return fail(rights ? Code::kNoPermission : Code::kUnavailable,
                fmt::format("the history's lock {}: {}", quoted(path),
                            std::generic_category().message(errno)),
                rights ? "run as the owner of that folder, or name another file with --history"
                       : "look at the folder it should be in");
  }
  HistoryLock lock(file, was_here);
  if (flock(file, LOCK_EX | LOCK_NB) != 0)
    return fail(Code::kBusy,
                fmt::format("the history {} is being written by {}", quoted(history_path),
                            holder_text(file)),
                "one agent per history: stop that one, or name another file with --history");
  // The text is for people alone: what of it cannot be written is missed by nobody.
  const std::string pid = fmt::format("{}\n", getpid());
  if (ftruncate(file, 0) == 0) (void)!pwrite(file, pid.data(), pid.size(), 0);
  return lock;
}

HistoryLock::~HistoryLock() {
  if (file_ >= 0) close(file_);
}

}  // namespace septet::metrics
