// partition/apply.h — carries out a plan on live GPUs, and gives back the start when it cannot.
//
// Before the first step everything is checked that can be (preflight.h). Then the GPUs change side
// by side, each step by step: what is destroyed is found again by its place and UUIDs (ids are
// reused) and must be idle at that moment, or named with force; after each step the GPU is read
// back. What may pass is tried again, a bounded number of times. The first failure stops all GPUs
// before their next step, and those touched so far go back to how they were: planned anew from what
// the GPU says it holds then, never from where we think it is. What somebody else changed meanwhile
// is left alone, and told. Being asked to stop is such a failure.
//
// Reboot. A GPU whose mode only a reboot brings (Stop::kReboot) goes no further than to where the
//         mode waits for it; the steps after it are for whoever plans anew when the node is back.
//
// Threads. With open_driver, one Driver for each GPU that changes (at most `most_at_once`);
//          progress is called by one thread at a time, the Recorder by several.
// Errors.  Returned only while nothing was touched: kConflict, kBusy, kNeedsReset, kUnavailable,
//          kInterrupted ...
//          Afterwards the Outcome tells.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "driver/driver.h"
#include "partition/evict.h"
#include "partition/patience.h"
#include "partition/recorder.h"
#include "plan/diff.h"

namespace septet::partition {

using OpenDriver = std::function<Result<std::unique_ptr<driver::Driver>>()>;

// Whoever hands the node's devices out (publishes them) and must follow a change. Called by
// apply_with_journal(), under the lock.
class Teller {
 public:
  virtual ~Teller() = default;
  Teller() = default;
  Teller(const Teller&) = delete;
  Teller& operator=(const Teller&) = delete;

  virtual Result<> before(const plan::Plan& plan) = 0;  // an error refuses the change
  virtual Result<> after() = 0;                         // however it ended
};

struct ApplyOptions {
  bool allow_reset = false;
  bool may_await_reboot = false;   // else a plan that needs one is refused
  std::vector<std::string> force;  // instances that may be destroyed in use (force.h)
  // Called before each step: the step, its number from 1, and how many there are. May be null.
  std::function<void(const plan::Step&, std::size_t, std::size_t)> progress;
  Recorder* recorder = nullptr;    // may be null
  std::shared_ptr<Teller> teller;  // may be null
  // Becomes true when the caller wants no further step: what was begun is ended, and undone.
  const std::atomic<bool>* interrupted = nullptr;  // may be null; outlives apply()
  OpenDriver open_driver;  // null: one GPU after the other, on the driver given to apply
  unsigned most_at_once = 8;
  Patience patience;
  Evict evict = partition::evict;
};

enum class End : std::uint8_t {
  kDone,          // read back, and as planned
  kAwaitsReboot,  // every step before the reboot was done, and read back
  kRolledBack,    // a step failed; read back, and as before (but for what others changed)
  kStuck,         // a step failed, and going back failed too: a person is needed
};
std::string_view to_string(End end);

struct GpuOutcome {
  plan::GpuCut from, to;
  std::optional<plan::GpuCut> now;  // as read back at the end; nullopt: it does not answer
  End end = End::kDone;
  std::size_t steps_done = 0, steps = 0;
  std::optional<Error> failure, rollback_failure;
  std::vector<std::string> others;  // what somebody else changed meanwhile, and was left alone
  std::vector<plan::Step> left;     // kStuck: steps that would lead back, as far as known
};

struct Outcome {
  End end = End::kDone;                   // the worst of the GPUs
  std::size_t steps_done = 0;             // of the plan, each read back
  std::optional<Error> failure;           // what ended it: the first GPU's that failed
  std::optional<Error> rollback_failure;  // why it could not go back
  std::optional<Error> recorder_failure;  // a line that could not be written, and stopped nothing
  std::vector<plan::Step> left;           // kStuck: steps that would lead back, as far as known
  std::vector<GpuOutcome> gpus;           // in the order of the plan
};

Result<Outcome> apply(const plan::Plan& plan, driver::Driver& driver, const ApplyOptions& options);

// For an outcome other than kDone: what failed, and what the node is like now. Both must be told.
// `change` ("change 7") comes first when it is not empty.
Error failure_of(const Outcome& outcome, const plan::Plan& plan, const std::string& change = {});

// What keeps a plan from being started, worst first; nullopt: nothing. (The snapshot is not looked
// at.)
std::optional<Error> obstacle(const plan::Plan& plan, const mig::Node& node,
                              const ApplyOptions& options);

}  // namespace septet::partition
