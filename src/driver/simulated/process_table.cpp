#include "driver/simulated/process_table.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <string_view>

namespace septet::driver::simulated {

std::uint64_t start_ticks(std::int32_t pid) {
  char path[32];
  std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return 0;
  char text[512];
  const ssize_t length = read(fd, text, sizeof text);
  close(fd);
  if (length <= 0) return 0;
  std::string_view rest(text, static_cast<std::size_t>(length));
  // The name (field 2) is in parentheses and may hold anything: fields are counted from the last
  // ')'.
  const auto name_end = rest.rfind(')');
  if (name_end == std::string_view::npos) return 0;
  rest.remove_prefix(name_end + 1);
  if (rest.starts_with(" Z") || rest.starts_with(" X")) return 0;
  for (int field = 2; field < 22; ++field) {
    const auto space = rest.find(' ');
    if (space == std::string_view::npos) return 0;
    rest.remove_prefix(space + 1);
  }
  std::uint64_t ticks = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), ticks);
  return ticks;
}

bool is_alive(const ProcessState& process) {
  if (process.pid <= 0) return false;
  if (kill(process.pid, 0) != 0 && errno == ESRCH) return false;
  const std::uint64_t now = start_ticks(process.pid);
  // Behind another pid namespace or hidepid /proc does not tell: then the pid has to do.
  if (now == 0) return access("/proc/self/stat", R_OK) != 0;
  return process.start_ticks == 0 || process.start_ticks == now;
}

}  // namespace septet::driver::simulated
