// partition/recorder.h — where a change writes down what it is about to do, and what came of it.
//
// One Recorder is one change: whoever makes it has already recorded the plan (from, to) and writes
// the Outcome of apply() when it ends. apply() calls intend() before and outcome() after each
// attempt at a step, on the way to the target and on the way back.
//
// Durable. intend() returns only when its record would survive a crash and a power cut.
// Threads. Both are called from several threads at once, one per GPU; never two for one GPU.
// Errors.  From intend() on the way forward: the step is not taken, the hardware is not touched,
//          and what was done so far is undone. On the way back, and from outcome(): reported in the
//          Outcome, and nothing stops, for a GPU left half cut is worse than a line not written.
#pragma once

#include "base/result.h"
#include "plan/diff.h"

namespace septet::partition {

enum class Way : std::uint8_t { kForward, kBack };
constexpr std::string_view to_string(Way way) { return way == Way::kForward ? "forward" : "back"; }

// Which step of which GPU this is: (gpu, way, round, number, attempt) occurs once in a change.
struct Attempt {
  Way way = Way::kForward;
  unsigned round = 1;      // kBack: the GPU is asked anew what to undo, so numbers start again
  std::size_t number = 1;  // of the steps of this GPU on this way
  unsigned attempt = 1;    // 2, 3, ...: what failed was worth trying again
};

class Recorder {
 public:
  virtual ~Recorder() = default;
  virtual Result<> intend(const plan::Step& step, const Attempt& attempt) = 0;
  // `done`: the step was taken and read back; otherwise why not.
  virtual Result<> outcome(const plan::Step& step, const Attempt& attempt,
                           const Result<>& done) = 0;
};

}  // namespace septet::partition
