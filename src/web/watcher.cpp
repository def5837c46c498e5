#include "web/watcher.h"

#include <chrono>

namespace septet::web {

namespace {

constexpr double kSample_s = 0.95;  // looks come every 0.2 s: once a second
constexpr auto kLook = std::chrono::milliseconds(200);
constexpr double kCgroups_s = 10;  // a process may be moved to another control group

double steady_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::int64_t unix_ms() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string pids_of(const mig::Node& node) {
  std::string pids;
  for (const mig::Gpu& gpu : node.gpus) {
    for (const mig::Process& process : gpu.processes) pids += std::to_string(process.pid) + " ";
  }
  return pids;
}

}  // namespace

Watcher::Watcher(const Place& place, Live& live, Sampled sampled)
    : live_(live),
      sampled_(std::move(sampled)),
      faults_(place.faults),
      driver_({place.library, place.simulated_state, kSample_s}, [this] { wake(); }) {
  look(true);
  thread_ = std::thread([this] { run(); });
}

Watcher::~Watcher() {
  {
    const std::scoped_lock lock(mutex_);
    stop_ = true;
  }
  woken_.notify_all();
  thread_.join();
}

void Watcher::wake() {
  {
    const std::scoped_lock lock(mutex_);
    wake_ = true;
  }
  woken_.notify_all();
}

void Watcher::look_now() { wake(); }

void Watcher::told(Told told) {
  {
    const std::scoped_lock lock(mutex_);
    told_ = std::move(told);
    wake_ = true;
  }
  woken_.notify_all();
}

// True: somebody wants us to look at once.
bool Watcher::wait() {
  std::unique_lock lock(mutex_);
  woken_.wait_for(lock, kLook, [this] { return stop_ || wake_; });
  return std::exchange(wake_, false);
}

void Watcher::fill_tenants(Seen& seen) {
  const std::string pids = pids_of(*seen.node);
  if (pids != cgroups_of_ || steady_s() >= cgroups_at_s_ + kCgroups_s) {
    cgroups_ = metrics::read_cgroups(*seen.node);
    cgroups_of_ = pids;
    cgroups_at_s_ = steady_s();
  }
  std::vector<metrics::HeldDevice> held;
  {
    const std::scoped_lock lock(mutex_);
    held = told_.held;
  }
  seen.tenants = metrics::tenants_of(*seen.node, held, cgroups_);
}

void Watcher::publish(double now_s, bool sampled) {
  auto seen = std::make_shared<Seen>();
  seen->time_ms = unix_ms();
  seen->node = driver_.node();
  seen->problem = driver_.problem();
  if (seen->node) {
    faults_.seen(*seen->node, now_s);
    xids_.seen(*seen->node);
    fill_tenants(*seen);
    seen->ill = watch::ill_devices(faults_, *seen->node);
  }
  seen->xids = xids_;
  {
    const std::scoped_lock lock(mutex_);
    if (told_.ill) seen->ill = *told_.ill;
    seen->governed_by = told_.governed_by;
  }
  live_.see(seen, sampled);
  if (sampled && sampled_) sampled_(*seen);
}

void Watcher::look(bool surely) {
  const double now_s = steady_s();
  const bool fresh = driver_.look(now_s, surely);
  for (const driver::Event& event : driver_.events()) {
    faults_.happened(event, now_s);
    xids_.happened(event, driver_.node() ? &*driver_.node() : nullptr);
  }
  if (driver_.restarted()) faults_.driver_restarted();
  (void)faults_.news();  // told by the state, not by lines
  const bool due = now_s >= published_s_ + kSample_s;
  if (fresh || surely) publish(now_s, due);
  if (due && (fresh || surely)) published_s_ = now_s;
  live_.tick(now_s);
}

void Watcher::run() {
  while (true) {
    const bool surely = wait();
    {
      const std::scoped_lock lock(mutex_);
      if (stop_) return;
    }
    look(surely);
  }
}

}  // namespace septet::web
