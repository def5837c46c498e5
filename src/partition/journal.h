// partition/journal.h — what was asked of this node, what was about to be done, what came of it.
//
// The journal records intentions before the hardware is touched, and it is never believed about the
// hardware: after a crash the GPU is asked (recover.h). It holds
//   wanted    per GPU, the layout last asked for and reached: what a reboot is to bring back
//   changes   who, when, why, from what to what, each step's intention and outcome, how it ended
//   reboots   that a reboot was asked for on behalf of a layout, once (boot.h)
// One database serves a machine; every row belongs to one node: the hardware, or one simulated
// node by its state file. GPUs are told apart by UUID, so a replaced board inherits nothing.
//
//            begin()            end(kDone | kAwaitsReboot | kRolledBack | kRefused), recover()
//   (none) ---------> unfinished -------------------------------------------------> ended
//                       |    ^
//                       `----'  a crash, end(kStuck)
//
// Threads. Safe: apply() records from one thread per GPU.
// Errors.  See journal_database.h; every one names the file.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "mig/node.h"
#include "partition/journal_database.h"
#include "partition/journal_lock.h"
#include "partition/recorder.h"
#include "plan/diff.h"

namespace septet::partition {

// Nanoseconds since 1970. A value, so that tests know the time.
using Clock = std::function<std::int64_t()>;
Clock system_clock();

// "hardware", or "simulated:" and the real path of its state file.
std::string node_key(const mig::Node& node);

// Changes of this verb last as long as a program runs: no wish of anybody, before or after a
// reboot, and not what "the last change" means.
inline constexpr std::string_view kPassingVerb = "run";

struct JournalContext {
  std::string node;  // node_key
  Actor actor;
  std::string boot;  // boot_id; empty when unknown
  Clock clock;
};
// Another value after every boot of the kernel; kUnavailable where there is no /proc.
Result<std::string> boot_id();
JournalContext this_context(const mig::Node& node);

enum class Ended : std::uint8_t {
  kDone,          // the target, read back
  kAwaitsReboot,  // all steps before a reboot; the target is what is wanted after it
  kRolledBack,    // a step failed; back at the start, read back
  kRefused,       // nothing was touched
  kStuck,         // between the two: stays unfinished until recover() or a person ends it
  kFoundDone,     // by recover(): the GPUs were as the target
  kFoundUndone,
  kUndone,    // by recover(): led back to the start
  kFinished,  // by recover(): led on to the target
  kGone,      // by recover(): none of its GPUs is on this node any more
  kAccepted,  // by a person: what is there is to stay
};
std::string_view to_string(Ended ended);
// It ended at its target, or will be there after a reboot.
bool reached_target(Ended ended);

struct StepRecord {
  unsigned run = 1;  // 1: apply; 2, ...: a recovery
  std::uint32_t gpu = 0;
  std::string way, text;  // "forward" | "back"; "GPU 0: create 3g.40gb at 4"
  unsigned round = 1, number = 1, attempt = 1;
  std::int64_t intended_ns = 0;
  std::optional<std::int64_t> ended_ns;  // nullopt: what came of it was not written
  std::optional<std::string> failure;
};

struct ChangeRecord {
  std::int64_t id = 0;
  std::string verb;
  Actor actor;
  std::string boot;
  std::int64_t began_ns = 0;
  std::optional<std::int64_t> ended_ns;
  std::optional<Ended> ended;          // nullopt or kStuck: unfinished
  std::string why;                     // what ended it, when that was not success
  bool resets = false;                 // its maker allowed resets of its GPUs
  std::vector<plan::GpuCut> from, to;  // same GPUs, same order; by the indices of then
  std::vector<StepRecord> steps;       // in the order they were begun

  bool unfinished() const { return !ended || *ended == Ended::kStuck; }
};

struct Pruned {
  std::size_t removed = 0, kept = 0;  // changes
};

struct RebootNote {
  std::string wanted;  // digest of the layouts it was asked for
  std::string boot;
  std::int64_t asked_ns = 0;
};

class Journal {
 public:
  // `directory`: from make_state_directory. After a crash every page is read before it is believed.
  static Result<std::unique_ptr<Journal>> open(const std::string& directory,
                                               JournalContext context);
  static Result<std::unique_ptr<Journal>> in_memory(JournalContext context);

  // To be held while a change is planned, made and ended. kBusy names who holds it.
  Result<ChangeLock> lock(int wait_ms);

  // kConflict when an earlier change of one of these GPUs is unfinished: the remedy is recover.
  Result<std::int64_t> begin(const ChangeLock& held, std::string_view verb, const plan::Plan& plan);
  // For apply(). Each is a new run of the change. The journal must outlive it.
  Result<std::unique_ptr<Recorder>> recorder(std::int64_t change);
  // Ends it; where it ended at its target that is what is wanted from now on, where it ended at its
  // start wishes stay. kStuck leaves it unfinished.
  // `reached`: the target as read back, which also says where open places came to be.
  Result<> end(std::int64_t change, Ended how, std::string_view why,
               const std::vector<plan::GpuCut>& reached = {});

  Result<std::vector<plan::GpuCut>> wanted();
  // Replaces the wish for these GPUs; those of other GPUs stay.
  Result<> want(const std::vector<plan::GpuCut>& cuts);
  Result<> forget(const std::vector<std::string>& uuids);

  // Newest first. 0: all of them.
  Result<std::vector<ChangeRecord>> changes(std::size_t most);
  Result<ChangeRecord> change(std::int64_t id);                 // kNotFound
  Result<std::vector<ChangeRecord>> unfinished();               // oldest first
  Result<std::vector<ChangeRecord>> since(std::int64_t first);  // oldest first; without steps

  // Removes the oldest changes, so that `keep` stay, and gives their room back to the disk. More
  // stay where less would lose something: an unfinished change, the newest that reached its target,
  // and every change after those, which going back to before them needs. Wishes are untouched.
  Result<Pruned> prune(const ChangeLock& held, std::size_t keep);

  Result<std::optional<RebootNote>> reboot();
  Result<> note_reboot(const std::string& wanted);
  Result<> clear_reboot();

  const JournalContext& context() const { return context_; }
  const std::string& path() const { return database_.path(); }

 private:
  friend class JournalRecorder;
  Journal(Database database, std::string lock_path, JournalContext context);
  Result<> write_want(const std::vector<plan::GpuCut>& cuts);
  Result<> check_free(const plan::Plan& plan);
  Result<> insert_change(std::string_view verb, const plan::Plan& plan);
  Result<std::vector<ChangeRecord>> read(const std::string& condition,
                                         const std::vector<Value>& values, bool steps);
  Result<> read_cuts(ChangeRecord& change);
  Result<> read_steps(ChangeRecord& change);

  std::mutex mutex_;  // one transaction at a time on the one connection
  Database database_;
  std::string lock_path_;
  JournalContext context_;
};

}  // namespace septet::partition
