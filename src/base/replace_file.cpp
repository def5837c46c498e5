#include "base/replace_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace septet {

namespace {

std::unexpected<Error> cannot_write(const std::string& path, int error) {
  const bool rights = error == EACCES || error == EPERM || error == EROFS;
  return fail(rights ? Code::kNoPermission : Code::kUnavailable,
              fmt::format("cannot write {}: {}", path, std::generic_category().message(error)),
              "name another file");
}

}  // namespace

Result<> replace_file(const std::string& path, const std::string& text) {
  const std::string fresh = fmt::format("{}.{}.new", path, getpid());
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0) return cannot_write(fresh, errno);
  int error = 0;
  for (std::size_t done = 0; done < text.size() && error == 0;) {
    const ssize_t wrote = write(file, text.data() + done, text.size() - done);
    if (wrote < 0 && errno != EINTR) error = errno;
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
  if (error == 0 && fsync(file) != 0) error = errno;
  if (close(file) != 0 && error == 0) error = errno;
  if (error == 0 && std::rename(fresh.c_str(), path.c_str()) != 0) error = errno;
  if (error == 0) return {};
  unlink(fresh.c_str());
  return cannot_write(path, error);
}

}  // namespace septet
