// lab/queue/slice_comparison.h — slices that are waited for, under several disciplines and
// policies: the table, as values.
#pragma once

#include "lab/queue/fill.h"

namespace septet::lab::queue {

struct SliceRow {
  std::string discipline, policy;
  double mean_wait = 0, p95_wait = 0, p99_wait = 0, worst_wait = 0, makespan = 0;
  double half_interval = 0;  // of mean_wait, 95 %, over the worlds
  double slices_used = 0, units_used = 0, stranded = 0, backlogged = 0;
  std::vector<double> mean_wait_of;  // by request class
  std::vector<double> by_world;      // mean wait of each
  std::vector<SliceSample> samples;  // of the first world
};

struct SliceOptions {
  std::vector<Discipline> disciplines;  // empty: all
  std::vector<std::string> policies;    // of plan/online; kFill has its own
};

// Rows: every ordered discipline with every policy, then fill without and with known lengths.
// kInvalidArgument: a policy that is not there, or a job that fits nowhere.
Result<std::vector<SliceRow>> compare_slices(std::span<const SliceWorld> worlds,
                                             const SliceOptions& options);

// Share of the jobs, and offered load in compute slices: what policies may be told.
plan::online::Known known_of(const SliceWorld& world);

}  // namespace septet::lab::queue
