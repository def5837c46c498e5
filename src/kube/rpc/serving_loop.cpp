#include "kube/rpc/serving_loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/result.h"

namespace septet::kube::rpc {
namespace {

class EpollLoop final : public ServingLoop {
 public:
  EpollLoop()
      : epoll_(::epoll_create1(EPOLL_CLOEXEC)), bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    SEPTET_ASSERT(epoll_ >= 0 && bell_ >= 0);  // out of descriptors before anything is served
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = bell_;
    SEPTET_ASSERT(::epoll_ctl(epoll_, EPOLL_CTL_ADD, bell_, &event) == 0);
    thread_ = std::thread([this] { run(); });
  }
  EpollLoop(const EpollLoop&) = delete;
  EpollLoop& operator=(const EpollLoop&) = delete;
  ~EpollLoop() override {
    soon([this] { ended_ = true; });
    thread_.join();
    ::close(bell_);
    ::close(epoll_);
  }

  void soon(std::function<void()> work) override {
    {
      const std::lock_guard lock(guard_);
      work_.push_back(std::move(work));
    }
    ring();
  }
  void now(std::function<void()> work) override {
    SEPTET_ASSERT(std::this_thread::get_id() != thread_.get_id());
    std::promise<void> done;
    soon([&] {
      work();
      done.set_value();
    });
    done.get_future().wait();
  }
  void watch(int descriptor, std::uint32_t events,
             std::function<void(std::uint32_t)> ready) override {
    ready_[descriptor] = std::make_shared<Ready>(std::move(ready));
    set(EPOLL_CTL_ADD, descriptor, events);
  }
  void change(int descriptor, std::uint32_t events) override {
    set(EPOLL_CTL_MOD, descriptor, events);
  }
  void forget(int descriptor) override {
    ::epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
    ready_.erase(descriptor);
  }

 private:
  using Ready = std::function<void(std::uint32_t)>;

  void ring() const {
    const std::uint64_t one = 1;
    (void)!::write(bell_, &one, sizeof(one));  // full means that it rings already
  }
  void set(int operation, int descriptor, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = descriptor;
    ::epoll_ctl(epoll_, operation, descriptor, &event);
  }
  void do_work() {
    std::uint64_t rung = 0;
    (void)!::read(bell_, &rung, sizeof(rung));
    std::vector<std::function<void()>> work;
    {
      const std::lock_guard lock(guard_);
      work.swap(work_);
    }
    for (const auto& one : work) one();
  }
  void run() {
    std::array<epoll_event, 32> events{};
    while (!ended_) {
      const int count = ::epoll_wait(epoll_, events.data(), events.size(), -1);
      for (int i = 0; i < count; ++i) {
        const epoll_event& event = events[static_cast<std::size_t>(i)];
        if (event.data.fd == bell_) {
          do_work();
          continue;
        }
        const auto found = ready_.find(event.data.fd);
        if (found == ready_.end()) continue;
        const std::shared_ptr<Ready> ready = found->second;  // it may forget itself
        (*ready)(event.events);
      }
    }
  }

  int epoll_, bell_;
  std::map<int, std::shared_ptr<Ready>> ready_;
  bool ended_ = false;
  std::mutex guard_;
  std::vector<std::function<void()>> work_;
  std::thread thread_;
};

}  // namespace

std::shared_ptr<ServingLoop> ServingLoop::shared() {
  static std::mutex guard;
  static std::weak_ptr<ServingLoop> current;
  const std::lock_guard lock(guard);
  auto loop = current.lock();
  if (loop == nullptr) {
    loop = std::make_shared<EpollLoop>();
    current = loop;
  }
  return loop;
}

}  // namespace septet::kube::rpc
