// web/token_file.cpp — the secret that changes need, from a file that nobody else reads.
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "web/service.h"

namespace septet::web {

namespace {

constexpr std::size_t kLeast = 8, kMost = 512;

class OpenFile {
 public:
  explicit OpenFile(const std::string& path)
      : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~OpenFile() {
    if (file_ >= 0) close(file_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int file() const { return file_; }

 private:
  int file_;
};

std::string trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const auto begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return "";
  return std::string(text.substr(begin, text.find_last_not_of(kSpace) - begin + 1));
}

Result<> check_secret(const std::string& path, const std::string& secret) {
  const bool plain =
      std::ranges::all_of(secret, [](unsigned char c) { return c > ' ' && c < 0x7f; });
  if (plain && secret.size() >= kLeast && secret.size() <= kMost) return {};
  return fail(
      Code::kInvalidArgument,
      fmt::format("{} holds no token of {} to {} printable characters", path, kLeast, kMost),
      "make one: (umask 077; openssl rand -hex 32 > " + path + ")");
}

}  // namespace

Result<std::string> read_token(const std::string& path) {
  const OpenFile opened(path);
  if (opened.file() < 0) {
    return fail(errno == ENOENT ? Code::kNotFound : Code::kNoPermission,
                fmt::format("cannot read {}: {}", path, std::generic_category().message(errno)),
                "make one: (umask 077; openssl rand -hex 32 > " + path + ")");
  }
  struct stat about {};
  const bool known = fstat(opened.file(), &about) == 0;
  if (!known || !S_ISREG(about.st_mode))
    return fail(Code::kInvalidArgument, path + " is no file", "name a file with the token in it");
  // Group too: a secret that is shared is one in a file of its own for each.
  if ((about.st_mode & 077) != 0) {
    return fail(Code::kNoPermission,
                fmt::format("others may read or write {} (mode {:o})", path, about.st_mode & 0777),
                "take that from them: chmod 600 " + path + ", and make a new token");
  }
  std::array<char, kMost + 64> text{};
  const auto got = read(opened.file(), text.data(), text.size());
  if (got < 0) return fail(Code::kUnavailable, "cannot read " + path);
  std::string secret = trimmed({text.data(), static_cast<std::size_t>(got)});
  TRY(check_secret(path, secret));
  return secret;
}

}  // namespace septet::web
