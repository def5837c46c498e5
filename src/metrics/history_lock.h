// metrics/history_lock.h — one writer per history file.
//
// flock on FILE.lock: the kernel lets go of it when its holder dies. The pid in it is for people.
// Errors. kBusy names the holder; kNoPermission, kUnavailable name the file.
#pragma once

#include <string>
#include <utility>

#include "base/result.h"

namespace septet::metrics {

class HistoryLock {
 public:
  static Result<HistoryLock> acquire(const std::string& history_path);
  ~HistoryLock();
  HistoryLock(HistoryLock&& other) noexcept
      : file_(std::exchange(other.file_, -1)), was_here_(other.was_here_) {}
  HistoryLock& operator=(HistoryLock&&) = delete;
  HistoryLock(const HistoryLock&) = delete;
  HistoryLock& operator=(const HistoryLock&) = delete;

  // The lock's file was there before: septet has had its history here.
  bool was_here() const { return was_here_; }

 private:
  HistoryLock(int file, bool was_here) : file_(file), was_here_(was_here) {}
  int file_ = -1;
  bool was_here_ = false;
};

}  // namespace septet::metrics
