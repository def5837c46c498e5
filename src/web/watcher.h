// web/watcher.h — the thread that looks at the node for the API: each second, and at once when the
// layout changes.
//
// A change of the layout by anybody is seen within 0.2 s (driver/layout_stamp.h), faults as they
// happen. Beside the Kubernetes agent's loop that loop says who is ill, who holds what and who
// governs the layout.
// Threads. One of its own; told() and look_now() from any.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "metrics/tenants.h"
#include "watch/driver_side.h"
#include "watch/faults.h"
#include "web/live.h"

namespace septet::web {

// What the loop beside us knows and we do not.
struct Told {
  std::optional<std::map<std::string, std::string>> ill;  // nullopt: we judge ourselves
  std::vector<metrics::HeldDevice> held;
  std::string governed_by;
};

class Watcher {
 public:
  struct Place {
    std::string library, simulated_state;
    watch::FaultPolicy faults;
  };
  // Has looked once when it is made. `sampled` is called after each sample, then and on the
  // watcher's thread.
  using Sampled = std::function<void(const Seen&)>;
  Watcher(const Place& place, Live& live, Sampled sampled);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  void told(Told told);
  void look_now();
  Result<std::unique_ptr<driver::Driver>> open() const { return driver_.open(); }

 private:
  void run();
  void look(bool surely);
  void wake();
  bool wait();
  void publish(double now_s, bool sampled);
  void fill_tenants(Seen& seen);

  Live& live_;
  Sampled sampled_;
  std::mutex mutex_;
  std::condition_variable woken_;
  bool wake_ = false, stop_ = false;
  Told told_;
  metrics::XidTally xids_;
  watch::Faults faults_;
  metrics::CgroupTexts cgroups_;
  std::string cgroups_of_;  // the processes that they were read for
  double cgroups_at_s_ = -1e9, published_s_ = -1e9;
  watch::DriverSide driver_;  // its threads call wake()
  std::thread thread_;
};

}  // namespace septet::web
