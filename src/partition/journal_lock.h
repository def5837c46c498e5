// partition/journal_lock.h — one change of a node at a time, and who is making it.
//
// flock on a file in the state directory: the kernel lets go of it when its holder dies, however it
// dies. The file says who holds it; that text is for people and is never what decides.
// Errors. kBusy names the holder. kNoPermission, kUnavailable name the file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace septet::partition {

struct Actor {
  std::int64_t uid = 0;
  std::string user;  // "alice", or "alice as root" behind sudo
  std::int64_t pid = 0;
  std::string command;  // "septet apply -f spec.yaml"
  friend bool operator==(const Actor&, const Actor&) = default;
};
Actor this_process();

// Who has it, since when (nanoseconds since 1970).
struct LockHolder {
  Actor actor;
  std::int64_t since_ns = 0;
};

class ChangeLock {
 public:
  // Waits at most `wait_ms`; 0: not at all. An empty path is a lock nobody else can want (tests).
  static Result<ChangeLock> acquire(const std::string& path, const Actor& actor,
                                    std::int64_t now_ns, int wait_ms);
  ~ChangeLock();
  ChangeLock(ChangeLock&& other) noexcept;
  ChangeLock& operator=(ChangeLock&&) = delete;
  ChangeLock(const ChangeLock&) = delete;
  ChangeLock& operator=(const ChangeLock&) = delete;

 private:
  explicit ChangeLock(int file) : file_(file) {}
  int file_ = -1;
};

// Who changes the node right now; nullopt: nobody, or somebody who did not say.
std::optional<LockHolder> lock_holder(const std::string& path);

std::string utc_text(std::int64_t ns);  // "2026-09-01T12:00:00.250Z"

}  // namespace septet::partition
