#include "partition/journal_lock.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <utility>

#include "base/json.h"

namespace septet::partition {

namespace {

constexpr long kFirstPauseNs = 1'000'000, kLongestPauseNs = 50'000'000;
constexpr std::size_t kMostCommand = 4096, kMostShown = 240;

std::int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::string name_of(uid_t uid) {
  std::array<char, 4096> room{};
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(uid, &entry, room.data(), room.size(), &found) == 0 && found != nullptr)
    return entry.pw_name;
  return fmt::format("uid {}", uid);
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return std::move(text).str();
}

std::string command_line() {
  std::string text = read_file("/proc/self/cmdline");
  while (!text.empty() && text.back() == '\0') text.pop_back();
  std::ranges::replace(text, '\0', ' ');
  if (text.size() > kMostCommand) text.resize(kMostCommand);
  return text;
}

std::string holder_text(const Actor& actor, std::int64_t now_ns) {
  const Json json = {{"pid", actor.pid},
                     {"uid", actor.uid},
                     {"user", actor.user},
                     {"command", actor.command},
                     {"since_ns", now_ns}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_holder(int file, const std::string& text) {
  // For people only: a disk too full for it stops nobody here.
  if (ftruncate(file, 0) != 0) return;
  [[maybe_unused]] const ssize_t written = pwrite(file, text.data(), text.size(), 0);
}

[[nodiscard]] std::unexpected<Error> lock_refused(const std::string& path, int error) {
  const bool rights = error == EACCES || error == EPERM || error == EROFS;
  return fail(rights ? Code::kNoPermission : Code::kUnavailable,
              fmt::format("the lock {}: {}", path, std::generic_category().message(error)),
              rights ? "run as its owner" : "look at what stands there");
}

// Whole words of an apply, and nothing that would move a terminal's cursor.
std::string shown(std::string command) {
  if (command.size() > kMostShown) command.replace(kMostShown, std::string::npos, "...");
  std::ranges::replace_if(
      command, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  return "\"" + command + "\"";
}

[[nodiscard]] std::unexpected<Error> held(const std::string& path, int wait_ms) {
  std::string what = "another change of this node is under way";
  if (const auto holder = lock_holder(path)) {
    what += fmt::format(": pid {} ({}), {}, since {}", holder->actor.pid, holder->actor.user,
                        shown(holder->actor.command), utc_text(holder->since_ns));
  }
  if (wait_ms > 0) what += fmt::format(" (waited {} s)", (wait_ms + 999) / 1000);
  return fail(Code::kBusy, std::move(what),
              "wait for it to end; if it hangs, end it, and septet recover puts things right");
}

}  // namespace

Actor this_process() {
  const uid_t uid = geteuid();
  std::string user = name_of(uid);
  const char* const sudo = std::getenv("SUDO_USER");  // NOLINT(concurrency-mt-unsafe)
  if (uid == 0 && sudo != nullptr && *sudo != '\0' && user != sudo)
    user = fmt::format("{} as {}", sudo, user);
  return {uid, std::move(user), getpid(), command_line()};
}

Result<ChangeLock> ChangeLock::acquire(const std::string& path, const Actor& actor,
                                       std::int64_t now_ns, int wait_ms) {
  if (path.empty()) return ChangeLock(-1);
  ChangeLock lock(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (lock.file_ < 0) return lock_refused(path, errno);
  const std::int64_t deadline = monotonic_ns() + std::int64_t{wait_ms} * 1'000'000;
  for (long pause = kFirstPauseNs; flock(lock.file_, LOCK_EX | LOCK_NB) != 0;
       pause = std::min(pause * 2, kLongestPauseNs)) {
    const int error = errno;
    if (error == EINTR) continue;
    if (error == EWOULDBLOCK && monotonic_ns() < deadline) {
      const timespec sleep{0, pause};
      nanosleep(&sleep, nullptr);
      continue;
    }
    close(std::exchange(lock.file_, -1));  // not held: its text is the holder's
    if (error == EWOULDBLOCK) return held(path, wait_ms);
    return lock_refused(path, error);
  }
  write_holder(lock.file_, holder_text(actor, now_ns));
  return lock;
}

ChangeLock::ChangeLock(ChangeLock&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

ChangeLock::~ChangeLock() {
  if (file_ < 0) return;
  write_holder(file_, "");
  close(file_);
}

std::optional<LockHolder> lock_holder(const std::string& path) {
  const Json json = Json::parse(read_file(path), nullptr, false);
  if (!json.is_object()) return std::nullopt;
  const auto number = [&json](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
  };
  const auto words = [&json](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  LockHolder holder{{number("uid"), words("user"), number("pid"), words("command")},
                    number("since_ns")};
  // Left by one that was killed, before the next one wrote its own.
  if (holder.actor.pid <= 0) return std::nullopt;
  if (kill(static_cast<pid_t>(holder.actor.pid), 0) != 0 && errno == ESRCH) return std::nullopt;
  return holder;
}

std::string utc_text(std::int64_t ns) {
  const std::time_t seconds = ns / 1'000'000'000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", parts, ns / 1'000'000 % 1000);
}

}  // namespace septet::partition
