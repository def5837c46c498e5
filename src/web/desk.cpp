#include "web/desk.h"

namespace septet::web {

Desk::~Desk() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  more_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool Desk::take(std::function<void()> work) {
  {
    const std::scoped_lock lock(mutex_);
    if (stop_ || waiting_.size() + (working_ ? 1 : 0) >= most_) return false;
    waiting_.push_back(std::move(work));
    if (!thread_.joinable()) thread_ = std::thread([this] { run(); });
  }
  more_.notify_all();
  return true;
}

void Desk::run() {
  while (true) {
    std::function<void()> work;
    {
      std::unique_lock lock(mutex_);
      working_ = false;
      more_.wait(lock, [this] { return stop_ || !waiting_.empty(); });
      if (stop_) return;
      work = std::move(waiting_.front());
      waiting_.pop_front();
      working_ = true;
    }
    work();
  }
}

}  // namespace septet::web
