// driver/simulated/file_lock.h — one writer at a time, between threads and between processes.
//
// flock: the kernel lets go of it when its holder dies, however it dies. Waiting is polling with
// short, growing sleeps, so that it ends after kLockWaitMs behind a holder that is stopped. Fork: a
// flock belongs to the open file, which a child shares. The first use in a child opens the same
// file again, and starts with a fresh mutex, since the parent's may have been held by a thread that
// the child does not have.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

namespace septet::driver::simulated {

inline constexpr int kLockWaitMs = 10'000;

class FileLock {
 public:
  enum class Answer : std::uint8_t { kHeld, kTimeout, kFailed };

  FileLock(int fd, std::string path, int wait_ms = kLockWaitMs);  // owns `fd`
  ~FileLock();
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

  Answer lock();
  void unlock();
  int fd() const { return fd_; }

 private:
  bool settle_after_fork();
  bool reopen();

  std::string path_;
  int fd_, wait_ms_;
  std::atomic<std::int32_t> owner_;  // pid that fd_ and mutex_ belong to; 0 while a child settles
  std::mutex* mutex_;
};

}  // namespace septet::driver::simulated
