// web/desk.h — where requests wait that the server's own thread must not: one at a time, few
// behind.
//
// Threads. One of its own; take() from any.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace septet::web {

class Desk {
 public:
  explicit Desk(std::size_t most_waiting) : most_(most_waiting) {}
  ~Desk();  // what waits is dropped, what is being done is ended
  Desk(const Desk&) = delete;
  Desk& operator=(const Desk&) = delete;

  // False: as many wait as may, `work` is not taken. The thread starts with the first.
  bool take(std::function<void()> work);

 private:
  void run();

  std::size_t most_;
  std::mutex mutex_;
  std::condition_variable more_;
  std::deque<std::function<void()>> waiting_;
  bool stop_ = false, working_ = false;
  std::thread thread_;
};

}  // namespace septet::web
