// partition/gpu_change.h — one GPU on its way to the target, and back when that fails.
//
// Threads. A GpuChange belongs to one thread at a time; the Change is shared by all of them.
#pragma once

#include <atomic>
#include <mutex>

#include "partition/apply.h"
#include "partition/force.h"
#include "partition/way_back.h"

namespace septet::partition {

// What the GPUs of one apply() have in common.
class Change {
 public:
  Change(const ApplyOptions& wanted, Force named, std::size_t steps)
      : options(wanted), force(std::move(named)), steps_(steps) {}

  void tell(const plan::Step& step);  // about to be taken
  void stop() { stopped_ = true; }    // no GPU begins another step forward
  bool stopped() const { return stopped_; }
  bool interrupted() const { return options.interrupted != nullptr && *options.interrupted; }
  void note_unwritten(const Result<>& written);
  std::optional<Error> unwritten() const { return unwritten_; }

  const ApplyOptions& options;
  const Force force;

 private:
  const std::size_t steps_;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::size_t begun_ = 0;
  std::optional<Error> unwritten_;
};

class GpuChange {
 public:
  GpuChange(const plan::GpuCut& from, const plan::GpuCut& to, const std::vector<plan::Step>& all);

  void forward(driver::Driver& driver, Change& change);
  // Is the target reached? Only when every step was taken.
  void check(driver::Driver& driver, Change& change);
  void back(driver::Driver& driver, Change& change);

  const GpuOutcome& report() const { return report_; }
  bool has_steps() const { return !steps_.empty(); }

 private:
  Result<> take(const plan::Step& step, Attempt attempt, driver::Driver& driver, Change& change);
  Result<> back_once(unsigned round, driver::Driver& driver, Change& change);
  void fail_with(Error error, Change& change);
  void await_reboot(const plan::Step& reboot);
  const plan::GpuCut& aim() const { return waiting_ ? *waiting_ : report_.to; }

  std::vector<plan::Step> steps_;
  std::vector<Taken> ours_;
  std::optional<plan::GpuCut> waiting_;  // as far as it goes before a reboot
  GpuOutcome report_;
};

}  // namespace septet::partition
