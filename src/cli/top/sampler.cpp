#include "cli/top/sampler.h"

#include <signal.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "driver/event_watch.h"
#include "driver/nvml/nvml_driver.h"

namespace septet::cli::top {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kEventWait{200};     // how late a stop is noticed by who waits for Xids
constexpr milliseconds kPatience{1000};     // with threads that should end
constexpr milliseconds kRetryEvents{3000};  // after the driver would not be watched
constexpr std::size_t kMostXids = 256;      // different ones that are kept

Clock::duration seconds(double s) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s));
}

Result<std::unique_ptr<driver::Driver>> open_again(const DriverSource& source) {
  std::error_code failed;
  if (!source.state_path.empty() && !std::filesystem::exists(source.state_path, failed)) {
    return fail(Code::kNoDriver, "the simulated node's file " + source.state_path + " is gone",
                "septet sim create makes it anew");
  }
  return driver::open_nvml_driver(source.library_path, source.state_path);
}

// Which file stands at a path now; nullopt: none. A simulated node that was made anew is another.
std::optional<std::pair<dev_t, ino_t>> file_at(const std::string& path) {
  struct stat seen {};
  if (path.empty() || stat(path.c_str(), &seen) != 0) return std::nullopt;
  return std::pair(seen.st_dev, seen.st_ino);
}

std::string in_one_line(const Error& error) {
  std::string text = error.describe();
  std::ranges::replace(text, '\n', ' ');
  return text;
}

void count_xid(std::vector<XidSeen>& xids, const driver::Event& event) {
  // The newest stands last.
  XidSeen seen{event.gpu_uuid, event.gpu_instance, event.xid, 1};
  const auto known = std::ranges::find_if(xids, [&seen](const XidSeen& x) {
    return x.gpu_uuid == seen.gpu_uuid && x.gpu_instance == seen.gpu_instance && x.xid == seen.xid;
  });
  if (known != xids.end()) {
    seen.times = known->times + 1;
    xids.erase(known);
  }
  if (xids.size() >= kMostXids) xids.erase(xids.begin());
  xids.push_back(seen);
}

// An instance that is gone took its Xids along: its id may be given to another.
void forget_gone(const mig::Node& node, std::vector<XidSeen>& xids) {
  std::erase_if(xids, [&node](const XidSeen& seen) {
    if (!seen.gpu_instance) return false;
    const auto gpu = std::ranges::find(node.gpus, seen.gpu_uuid, &mig::Gpu::uuid);
    return gpu != node.gpus.end() && !gpu->problem &&
           std::ranges::find(gpu->instances, *seen.gpu_instance, &mig::GpuInstance::id) ==
               gpu->instances.end();
  });
}

}  // namespace

struct Sampler::Shared {
  std::mutex mutex;
  std::condition_variable changed;
  std::unique_ptr<driver::Driver> driver;       // of the observing thread alone
  std::optional<std::pair<dev_t, ino_t>> file;  // that it was opened with; of that thread too
  DriverSource source;
  int ready = -1;
  double interval_s = 1;
  bool stop = false, paused = false, now = false;
  // A library counts who has started it, and starts anew only when nobody is left: to open the
  // driver again, the watch for Xids must let go of it first.
  bool reopening = false, watching = false;
  int running = 0;  // threads
  std::shared_ptr<const Sample> latest = std::make_shared<Sample>();

  ~Shared() { close(ready); }

  void tell() const {
    const std::uint64_t one = 1;
    (void)!write(ready, &one, sizeof one);  // full: somebody was told already
  }

  template <typename Change>
  void publish(const Change& change) {
    const std::scoped_lock lock(mutex);
    auto next = std::make_shared<Sample>(*latest);
    change(*next);
    latest = std::move(next);
    tell();
  }

  Result<mig::Node> look();
  void observe_once();
  void observe_until_stopped();
  void watch_until_stopped();
  bool may_watch(std::unique_ptr<driver::EventWatch>& watch);
  // After the driver would not be watched.
  void pause_watching() {
    std::unique_lock lock(mutex);
    watching = false;
    changed.notify_all();
    changed.wait_for(lock, kRetryEvents, [this] { return stop || reopening; });
  }
  void ended() {
    const std::scoped_lock lock(mutex);
    --running;
    changed.notify_all();
  }
};

Result<mig::Node> Sampler::Shared::look() {
  if (driver != nullptr && file != file_at(source.state_path)) driver.reset();
  if (driver == nullptr) {
    {
      std::unique_lock lock(mutex);
      reopening = true;
      changed.notify_all();
      changed.wait_for(lock, kPatience, [this] { return !watching || stop; });
    }
    file = file_at(source.state_path);
    driver = TRY(open_again(source));
  }
  auto node = TRY(driver->observe());
  const std::scoped_lock lock(mutex);
  reopening = false;
  changed.notify_all();
  return node;
}

void Sampler::Shared::observe_once() {
  auto node = look();
  const auto taken = std::chrono::system_clock::now();
  if (!node) driver.reset();  // its handles may be of a driver that is not there any more
  auto cgroups = node ? metrics::read_cgroups(*node) : metrics::CgroupTexts{};
  publish([&](Sample& sample) {
    if (!node) {
      sample.problem = in_one_line(node.error());
      return;
    }
    sample.answered = true;
    sample.problem.reset();
    sample.taken = taken;
    sample.cgroups = std::move(cgroups);
    sample.node = std::move(*node);
    forget_gone(sample.node, sample.xids);
  });
}

void Sampler::Shared::observe_until_stopped() {
  for (;;) {
    const auto begun = Clock::now();
    observe_once();
    std::unique_lock lock(mutex);
    const auto due = [this, begun] { return begun + seconds(interval_s); };
    while (!stop && !now && (paused || Clock::now() < due())) {
      if (paused) {
        changed.wait(lock);
      } else {
        changed.wait_until(lock, due());
      }
    }
    if (stop) break;
    now = false;
  }
  driver.reset();
  ended();
}

// False: stopped.
bool Sampler::Shared::may_watch(std::unique_ptr<driver::EventWatch>& watch) {
  std::unique_lock lock(mutex);
  if (reopening) {
    watch.reset();
    watching = false;
    changed.notify_all();
    changed.wait(lock, [this] { return stop || !reopening; });
  }
  watching = true;
  return !stop;
}

void Sampler::Shared::watch_until_stopped() {
  std::unique_ptr<driver::EventWatch> watch;
  while (may_watch(watch)) {
    if (watch == nullptr) {
      auto opened = driver::open_nvml_event_watch(source.library_path);
      if (!opened) {
        pause_watching();
        continue;
      }
      watch = std::move(*opened);
      publish([&watch](Sample& sample) {
        sample.xids_watched = true;
        sample.unwatched.clear();
        for (const auto& [uuid, why] : watch->unwatched()) sample.unwatched.push_back(uuid);
      });
    }
    const auto event = watch->wait(kEventWait);
    if (!event) {
      watch.reset();
      publish([](Sample& sample) { sample.xids_watched = false; });
      pause_watching();
    } else if (*event && (*event)->kind == driver::EventKind::kXid) {
      publish([&event](Sample& sample) { count_xid(sample.xids, **event); });
    }
  }
  watch.reset();
  ended();
}

Sampler::Sampler(std::unique_ptr<driver::Driver> driver, DriverSource source, double interval_s)
    : shared_(std::make_shared<Shared>()) {
  shared_->driver = std::move(driver);
  shared_->source = std::move(source);
  shared_->file = file_at(shared_->source.state_path);
  shared_->interval_s = interval_s;
  shared_->ready = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  shared_->running = 2;
  // Whatever is sent to the program is for the thread that has the terminal.
  sigset_t all, before;
  sigfillset(&all);
  for (const int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) sigdelset(&all, own);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread([shared = shared_] { shared->observe_until_stopped(); }).detach();
  std::thread([shared = shared_] { shared->watch_until_stopped(); }).detach();
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

Sampler::~Sampler() {
  std::unique_lock lock(shared_->mutex);
  shared_->stop = true;
  shared_->changed.notify_all();
  shared_->changed.wait_for(lock, kPatience, [this] { return shared_->running == 0; });
}

int Sampler::ready() const { return shared_->ready; }

std::shared_ptr<const Sample> Sampler::latest() {
  std::uint64_t count = 0;
  (void)!read(shared_->ready, &count, sizeof count);  // nothing to read: nothing is newer
  const std::scoped_lock lock(shared_->mutex);
  return shared_->latest;
}

void Sampler::set_interval(double interval_s) {
  const std::scoped_lock lock(shared_->mutex);
  shared_->interval_s = interval_s;
  shared_->changed.notify_all();
}

void Sampler::pause(bool paused) {
  const std::scoped_lock lock(shared_->mutex);
  shared_->paused = paused;
  shared_->changed.notify_all();
}

void Sampler::sample_now() {
  const std::scoped_lock lock(shared_->mutex);
  shared_->now = true;
  shared_->changed.notify_all();
}

void Sampler::forget_xids() {
  shared_->publish([](Sample& sample) { sample.xids.clear(); });
}

}  // namespace septet::cli::top
