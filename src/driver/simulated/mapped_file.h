// driver/simulated/mapped_file.h — an opened state file: the mapping, the lock, and its error
// sentences.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "base/result.h"
#include "driver/simulated/file_header.h"
#include "driver/simulated/file_lock.h"
#include "driver/simulated/state_file.h"

namespace septet::driver::simulated {

// Why a change did not even reach the node.
enum class Obstacle : std::uint8_t { kNothing, kReadOnly, kLocked, kLockFailed, kDamaged };

struct StateFile::Impl {
  Impl(int fd, std::string path) : lock(fd, std::move(path)) {}
  ~Impl();
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status change(const std::function<Status(NodeState&)>& f, Obstacle& obstacle);
  Error explain(const std::string& path, Obstacle obstacle, Status status) const;

  FileLock lock;  // owns the descriptor
  FileHeader* header = nullptr;
  NodeState* copies[2] = {nullptr, nullptr};
  bool writable = true;
  std::atomic<std::uint64_t> own_counts[kMaxFaults] = {};  // of a reader who may not write the file
};

// "septet --sim=PATH sim create --force": what to do about a file that is no use.
std::string make_a_new_one(const std::string& path);

}  // namespace septet::driver::simulated
