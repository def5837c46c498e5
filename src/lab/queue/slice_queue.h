// lab/queue/slice_queue.h — jobs that ask for one slice each and wait until they have it: waiting
// times, utilization and stranded slices under a discipline (who is next) and a policy (where).
//
// Every placement is one that the hardware allows: FleetState knows no other.
// Units.  Seconds. Slices are compute slices (GPCs), units memory units.
// Window. Utilization and stranded slices are means over [measure_from, the last arrival], as
//         MIGBench has it: without the start and the drain.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "plan/online/policy.h"

namespace septet::lab::queue {

struct SliceJob {
  double arrives = 0, seconds = 0;
  unsigned request = 0;  // class of the pool's shape
};

struct SliceWorld {
  plan::online::Pool pool;
  std::vector<SliceJob> jobs;           // by arrival
  double create = 0.25, destroy = 0.1;  // seconds per instance, before and after its job
  double measure_from = 30;
};

enum class Discipline : std::uint8_t {
  kFifo,           // who cannot start holds up everybody behind
  kBackfill,       // in order of arrival, whoever fits starts
  kSmallestFirst,  // backfill, fewest memory units first
  kFill            // ours: each GPU is filled with the waiting jobs that use it best
};
inline constexpr Discipline kDisciplines[] = {Discipline::kFifo, Discipline::kBackfill,
                                              Discipline::kSmallestFirst, Discipline::kFill};
std::string_view to_string(Discipline discipline);

struct Started {
  std::uint32_t job = 0;
  plan::online::Choice at;
};

// Decides what starts now.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  // `waiting`: job numbers by arrival. Starts jobs through `start`, which changes the state.
  virtual void dispatch(std::span<const std::uint32_t> waiting,
                        const std::function<void(Started)>& start) = 0;
  virtual void arrived(double now, unsigned request);
  virtual void departed(double now, plan::online::Choice from);
};
using MakeDispatcher = std::function<std::unique_ptr<Dispatcher>(plan::online::FleetState& state,
                                                                 std::span<const SliceJob> jobs)>;

// The first three disciplines with a policy that says where.
using MakePolicy =
    std::function<std::unique_ptr<plan::online::Policy>(plan::online::FleetState& state)>;
MakeDispatcher ordered(Discipline discipline, const MakePolicy& policy);

struct SliceSample {
  double at = 0;
  std::uint32_t waiting = 0, running = 0;
};

struct SliceRun {
  std::uint32_t job = 0;
  plan::online::Choice at;
  double from = 0, begins = 0, until = 0;  // instance from `from` to `until`, job from `begins`
};

struct SliceOutcome {
  std::vector<SliceRun> runs;  // in the order of their start
  double mean_wait = 0, p95_wait = 0, p99_wait = 0, worst_wait = 0;
  std::vector<double> mean_wait_of;  // by request class; 0 when none asked
  double makespan = 0;
  double slices_used = 0, units_used = 0;  // shares, over the window
  double stranded = 0;  // mean over GPUs of (free - most that fits) / free, in slices; 0 when full
  double backlogged = 0;             // share of the window in which somebody waits
  std::vector<SliceSample> samples;  // at every change
};

// kInvalidArgument: a job fits on no GPU of the pool even when it is empty, or the policy never
// starts it.
Result<SliceOutcome> run_slice_queue(const SliceWorld& world, const MakeDispatcher& make);

}  // namespace septet::lab::queue
