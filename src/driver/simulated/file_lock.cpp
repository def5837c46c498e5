#include "driver/simulated/file_lock.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

namespace septet::driver::simulated {

namespace {

constexpr long kFirstSleepNs = 5'000, kLongestSleepNs = 1'000'000;

std::int64_t monotonic_ns() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

bool same_file(int a, int b) {
  struct stat first {};
  struct stat second {};
  return fstat(a, &first) == 0 && fstat(b, &second) == 0 && first.st_dev == second.st_dev &&
         first.st_ino == second.st_ino;
}

}  // namespace

FileLock::FileLock(int fd, std::string path, int wait_ms)
    : path_(std::move(path)),
      fd_(fd),
      wait_ms_(wait_ms),
      owner_(getpid()),
      mutex_(new std::mutex) {}

FileLock::~FileLock() {
  delete mutex_;
  close(fd_);
}

// By /proc, so that the very same file is opened even if another took its name; by name where there
// is no /proc, if it is still the same file.
bool FileLock::reopen() {
  const std::string link = "/proc/self/fd/" + std::to_string(fd_);
  int fresh = open(link.c_str(), O_RDWR | O_CLOEXEC);
  if (fresh < 0) fresh = open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (fresh < 0) return false;
  if (!same_file(fresh, fd_)) {
    close(fresh);
    return false;
  }
  close(fd_);
  fd_ = fresh;
  return true;
}

bool FileLock::settle_after_fork() {
  const std::int32_t self = getpid();
  std::int32_t owner = owner_.load(std::memory_order_acquire);
  while (owner != self) {
    if (owner != 0 && owner_.compare_exchange_strong(owner, 0)) {
      if (!reopen()) {
        owner_.store(owner);
        return false;
      }
      mutex_ = new std::mutex;  // the old one may be locked for ever; it is left where it is
      owner_.store(self, std::memory_order_release);
      return true;
    }
    sched_yield();  // another thread of this child is settling
    owner = owner_.load(std::memory_order_acquire);
  }
  return true;
}

FileLock::Answer FileLock::lock() {
  if (!settle_after_fork()) return Answer::kFailed;
  mutex_->lock();
  std::int64_t deadline = 0;
  for (long sleep_ns = kFirstSleepNs;;
       sleep_ns = sleep_ns * 2 > kLongestSleepNs ? kLongestSleepNs : sleep_ns * 2) {
    if (flock(fd_, LOCK_EX | LOCK_NB) == 0) return Answer::kHeld;
    const int error = errno;
    if (error == EINTR) continue;
    const std::int64_t now = monotonic_ns();
    if (deadline == 0) deadline = now + std::int64_t{wait_ms_} * 1'000'000;
    if (error != EWOULDBLOCK || now >= deadline) {
      mutex_->unlock();
      return error == EWOULDBLOCK ? Answer::kTimeout : Answer::kFailed;
    }
    const timespec pause{0, sleep_ns};
    nanosleep(&pause, nullptr);
  }
}

void FileLock::unlock() {
  flock(fd_, LOCK_UN);
  mutex_->unlock();
}

}  // namespace septet::driver::simulated
