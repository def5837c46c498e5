// lab/queue/fleet.h — GPUs, their instances and the jobs on them at one moment; what a policy may
// do to them, and what it costs in time.
//
// A policy sees everything but the future: it is told of arrivals when they happen. `left` is the
// work that a job still has; a policy that is said not to know lengths does not read it.
// Order of a re-cut, on one GPU: the jobs that must go are checkpointed, all at once; then the
// driver destroys, then creates, one call after another; then what was moved restarts. A job on an
// instance that stays notices nothing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "lab/queue/world.h"

namespace septet::lab::queue {

// A job ran on one GPU at one speed: the log of a run.
struct Segment {
  unsigned job = 0, gpu = 0;
  int place = kNowhere;  // kNowhere: the whole GPU, shared with others
  double held = 0;       // since when it had the place; stalled until `from`
  double from = 0, to = 0, speed = 0;
};

struct JobState {
  double left = 0;
  int gpu = kNowhere, place = kNowhere;
  double speed = 0, resumes = 0, ends = kForever;  // of a job on a GPU
  double held = 0, counted = 0;                    // progress is counted up to here
  double began = -1, finished = -1;                // -1: not yet
  unsigned moves = 0;                              // checkpoints taken of it
  bool started() const { return began >= 0; }
  bool done() const { return finished >= 0; }
};

struct GpuState {
  std::vector<unsigned> jobs;
  std::vector<int> instances;  // that exist, with a job or without
  double calls_end = 0;        // until then the driver is busy with it
};

struct Seat {
  unsigned job = 0;
  int place = kNowhere;
};

class Fleet {
 public:
  explicit Fleet(const World& world);

  const World& world() const { return world_; }
  double now() const { return now_; }
  const JobState& job(unsigned index) const { return jobs_[index]; }
  const TrainingJob& about(unsigned index) const { return world_.jobs[index]; }
  const std::vector<GpuState>& gpus() const { return gpus_; }
  const std::vector<unsigned>& waiting() const { return waiting_; }  // in order of arrival
  double attained(unsigned index) const;                             // work done so far
  const std::vector<Segment>& log() const { return log_; }

  // Cuts the GPU so that exactly these jobs run on it, at these places (which do not overlap).
  // Jobs come from this GPU, from the queue, or from another GPU. Who is left out waits again.
  void recut(unsigned gpu, std::span<const Seat> seats);
  // Takes the job off its GPU, back to the queue in its order.
  void stop(unsigned job);
  // A fixed layout, before time begins.
  void prepare(unsigned gpu, std::vector<int> instances);
  // Without MIG: the job runs on the GPU beside what is there; rates are the caller's.
  void join(unsigned gpu, unsigned job, double speed, double resumes);
  void set_speed(unsigned job, double speed, double resumes);

  // For the loop that drives it.
  void arrive(unsigned job);
  double next_end() const;
  // Moves the clock; the GPUs on which jobs ended by then, each once.
  std::vector<unsigned> advance(double to);
  bool all_done() const { return done_ == jobs_.size(); }

 private:
  void close_segment(unsigned index);
  void leave(unsigned index);
  void sit(unsigned index, unsigned gpu, int place, double speed, double resumes);
  double calls(unsigned gpu, std::span<const Seat> seats, double from,
               std::array<double, 16>& ready);

  const World& world_;
  double now_ = 0;
  std::size_t done_ = 0;
  std::vector<JobState> jobs_;
  std::vector<GpuState> gpus_;
  std::vector<unsigned> waiting_;
  std::vector<Segment> log_;
};

}  // namespace septet::lab::queue
