#include "partition/state_directory.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace septet::partition {

namespace {

constexpr const char* kElsewhere = "run as root, or name another folder in SEPTET_STATE_DIR";

std::optional<std::string> variable(const char* name) {
  const char* const value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): nobody sets it
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

[[nodiscard]] std::unexpected<Error> directory_refused(const std::string& path, int error) {
  const bool rights = error == EACCES || error == EPERM || error == EROFS;
  return fail(
      rights ? Code::kNoPermission : Code::kUnavailable,
      fmt::format("the state directory {}: {}", path, std::generic_category().message(error)),
      kElsewhere);
}

// Of the owner alone, as the XDG rules want it; folders that are there keep their mode.
Result<> make_folders(const std::filesystem::path& path) {
  std::filesystem::path so_far;
  for (const auto& part : path) {
    so_far /= part;
    if (mkdir(so_far.c_str(), 0700) == 0 || errno == EEXIST) continue;
    const int error = errno;
    std::error_code ignored;  // a read-only parent that is there is none of our business
    if (!std::filesystem::is_directory(so_far, ignored))
      return directory_refused(so_far.string(), error);
  }
  return {};
}

Result<> check_owner(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return directory_refused(path, errno);
  if (!S_ISDIR(found.st_mode)) return directory_refused(path, ENOTDIR);
  if (found.st_uid != geteuid() && found.st_uid != 0) {
    return fail(Code::kNoPermission,
                fmt::format("the state directory {} belongs to uid {}, who could rewrite it", path,
                            found.st_uid),
                kElsewhere);
  }
  if ((found.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return fail(Code::kNoPermission,
                fmt::format("the state directory {} may be written by others (mode {:o})", path,
                            found.st_mode & 07777u),
                fmt::format("chmod go-w {}, or name another folder in SEPTET_STATE_DIR", path));
  }
  if (access(path.c_str(), R_OK | W_OK | X_OK) != 0) return directory_refused(path, errno);
  return {};
}

}  // namespace

StateEnvironment this_environment() {
  return {geteuid() == 0, variable("SEPTET_STATE_DIR"), variable("XDG_STATE_HOME"),
          variable("HOME")};
}

Result<std::string> state_directory(const StateEnvironment& environment) {
  if (environment.state_dir) {
    if (environment.state_dir->starts_with('/')) return *environment.state_dir;
    return fail(Code::kInvalidArgument,
                fmt::format("SEPTET_STATE_DIR is {}: a relative path is another folder for every "
                            "process",
                            *environment.state_dir),
                "give the full path");
  }
  if (environment.root) return "/var/lib/septet";
  // XDG: a relative path is to be ignored.
  if (environment.xdg_state_home && environment.xdg_state_home->starts_with('/'))
    return *environment.xdg_state_home + "/septet";
  if (environment.home) return *environment.home + "/.local/state/septet";
  return fail(Code::kInvalidArgument, "no state directory: HOME is not set",
              "name a folder in SEPTET_STATE_DIR");
}

Result<std::string> make_state_directory(const std::string& path) {
  TRY(make_folders(path));
  TRY(check_owner(path));
  std::error_code failed;
  const auto real = std::filesystem::canonical(path, failed);
  if (failed) return directory_refused(path, failed.value());
  return real.string();
}

}  // namespace septet::partition
