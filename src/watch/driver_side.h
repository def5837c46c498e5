// watch/driver_side.h — the node as the driver tells it, kept fresh; and what happens to it.
//
// Opens the driver again when it went away. Faults arrive on a thread of their own and wake the
// loop. While the driver does not answer the node is unknown, and says why.
// Threads. One caller; `wake` is called from the event thread.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "driver/driver.h"
#include "driver/event_watch.h"
#include "driver/layout_stamp.h"

namespace septet::watch {

class DriverSide {
 public:
  struct Place {
    std::string library, simulated_state;
    double observe_s = 5;
  };
  DriverSide(Place place, std::function<void()> wake);
  ~DriverSide();
  DriverSide(const DriverSide&) = delete;
  DriverSide& operator=(const DriverSide&) = delete;

  // Looks whether anything changed, and observes if so, if `observe_s` have passed, or if told to.
  // True: node() or problem() is new.
  bool look(double now_s, bool surely);
  const std::optional<mig::Node>& node() const { return node_; }  // nullopt: unknown
  const std::optional<Error>& problem() const { return problem_; }
  std::vector<driver::Event> events();  // since last asked
  bool restarted();                     // the driver was opened anew since last asked
  Result<std::unique_ptr<driver::Driver>> open() const;  // another handle, for whoever changes

 private:
  Result<> observe();
  void lose(Error error);
  void listen();
  bool pause();

  Place place_;
  std::function<void()> wake_;
  std::unique_ptr<driver::Driver> driver_;
  std::unique_ptr<driver::LayoutStamp> stamp_;
  std::optional<std::uint64_t> last_stamp_;
  std::optional<mig::Node> node_;
  std::optional<Error> problem_;
  double observed_s_ = -1e9, opened_s_ = -1e9;
  bool opened_before_ = false, restarted_ = false;
  std::mutex mutex_;
  std::condition_variable stopped_;
  std::vector<driver::Event> events_;
  std::atomic<bool> stop_{false};
  std::thread listener_;
};

}  // namespace septet::watch
