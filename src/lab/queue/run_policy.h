// lab/queue/run_policy.h — a world under a policy: who finished when.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "lab/queue/fleet.h"

namespace septet::lab::queue {

struct Happened {
  std::span<const unsigned> ended;    // GPUs on which a job has just ended
  std::span<const unsigned> arrived;  // jobs, already in the queue
};

class Policy {
 public:
  virtual ~Policy() = default;
  virtual std::string name() const = 0;
  virtual void begin(Fleet&) {}
  virtual void decide(Fleet& fleet, const Happened& happened) = 0;
  // When it wants to be asked again though nothing happens by itself.
  virtual double alarm() const { return kForever; }
};

struct QueueSample {
  double at = 0;
  unsigned waiting = 0, running = 0;
};

struct JobOutcome {
  double arrived = 0, began = 0, finished = 0;
  unsigned moves = 0;
  double completion() const { return finished - arrived; }
};

struct RunOutcome {
  std::vector<JobOutcome> jobs;                             // as in the world
  double mean_completion = 0, p50 = 0, p95 = 0, worst = 0;  // arrival to end, seconds
  double mean_wait = 0;                                     // arrival to first step
  double makespan = 0;
  double slices_held = 0;          // share of all slices held by jobs, over the makespan
  unsigned moves = 0;              // checkpoints taken
  std::vector<QueueSample> queue;  // at every change
  std::vector<Segment> log;
};

// Some job fits nowhere, or the policy leaves jobs waiting for ever: SEPTET_ASSERT. Check the
// world first (misfit).
RunOutcome run_policy(const World& world, Policy& policy);

// A job that fits into no instance, if there is one.
const TrainingJob* misfit(const World& world);

// p in [0, 1] of values in any order, by linear interpolation; 0 when there are none.
double quantile(std::vector<double> values, double p);

}  // namespace septet::lab::queue
