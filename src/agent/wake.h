// agent/wake.h — how other threads end the wait of the loop.
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>

namespace septet::agent {

// A file descriptor that other threads make readable.
class Wake {
 public:
  Wake() : file_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Wake() { close(file_); }
  Wake(const Wake&) = delete;
  Wake& operator=(const Wake&) = delete;
  void up() const {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto wrote = write(file_, &one, sizeof one);  // full: it is awake
  }
  bool taken() const {
    std::uint64_t count = 0;
    return read(file_, &count, sizeof count) == sizeof count;
  }
  int file() const { return file_; }

 private:
  int file_;
};

}  // namespace septet::agent
