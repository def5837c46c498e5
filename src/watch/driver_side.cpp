#include "watch/driver_side.h"

#include <chrono>
#include <utility>

#include "driver/nvml/nvml_driver.h"

namespace septet::watch {

namespace {

constexpr double kReopen_s = 1;
constexpr auto kListen = std::chrono::milliseconds(500);

}  // namespace

DriverSide::DriverSide(Place place, std::function<void()> wake)
    : place_(std::move(place)), wake_(std::move(wake)), listener_([this] { listen(); }) {}

DriverSide::~DriverSide() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  listener_.join();
}

Result<std::unique_ptr<driver::Driver>> DriverSide::open() const {
  return driver::open_nvml_driver(place_.library, place_.simulated_state);
}

void DriverSide::lose(Error error) {
  driver_.reset();
  stamp_.reset();
  last_stamp_.reset();
  node_.reset();
  problem_ = std::move(error);
}

Result<> DriverSide::observe() {
  if (!driver_) {
    driver_ = TRY(open());
    stamp_ = TRY(driver::LayoutStamp::open(place_.library));
    restarted_ = opened_before_;
    opened_before_ = true;
  }
  node_ = TRY(driver_->observe());
  problem_.reset();
  return {};
}

bool DriverSide::look(double now_s, bool surely) {
  if (!driver_ && now_s < opened_s_ + kReopen_s) return false;
  if (!driver_) opened_s_ = now_s;
  if (driver_) {
    const auto stamp = stamp_->read();
    const bool same = stamp && last_stamp_ == *stamp;
    if (stamp) last_stamp_ = *stamp;
    if (same && !surely && now_s < observed_s_ + place_.observe_s) return false;
  }
  observed_s_ = now_s;
  const auto observed = observe();
  // What the driver is in the middle of changing is looked at again; what is gone is opened anew.
  if (!observed) lose(observed.error());
  return true;
}

bool DriverSide::restarted() { return std::exchange(restarted_, false); }

std::vector<driver::Event> DriverSide::events() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(events_, {});
}

// False: stopped meanwhile.
bool DriverSide::pause() {
  std::unique_lock lock(mutex_);
  return !stopped_.wait_for(lock, kListen, [this] { return stop_.load(); });
}

void DriverSide::listen() {
  std::unique_ptr<driver::EventWatch> watch;
  while (!stop_) {
    if (!watch) {
      auto opened = driver::open_nvml_event_watch(place_.library);
      if (opened) watch = std::move(*opened);
    }
    if (!watch) {
      pause();
      continue;
    }
    auto event = watch->wait(kListen);
    if (!event) {
      watch.reset();
      wake_();  // something is amiss: look at once
      pause();
    } else if (*event) {
      {
        const std::scoped_lock lock(mutex_);
        events_.push_back(**event);
      }
      wake_();
    }
  }
}

}  // namespace septet::watch
