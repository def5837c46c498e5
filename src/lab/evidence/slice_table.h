// lab/evidence/slice_table.h — a published table of times per slice size, as series of one workload
// at one batch size.
//
// Seconds are per batch of one process: batch * processes / (items per second of all together).
#pragma once

#include <string>
#include <vector>

#include "mig/product.h"
#include "plan/performance.h"
#include "plan/workload.h"

namespace septet::lab::evidence {

struct TimedProfile {
  const mig::GpuInstanceProfile* profile = nullptr;
  unsigned processes = 1;
  plan::Share share;  // of the instance, however many processes are in it
  double seconds = 0;
};

struct Series {
  std::string workload;
  unsigned batch = 1;
  std::vector<TimedProfile> alone;   // one process, smallest instance first
  std::vector<TimedProfile> shared;  // two and more processes under MPS, smallest first
};

struct SliceTable {
  std::string source;
  const mig::Product* product = nullptr;
  bool training = false;
  std::vector<Series> series;  // by workload, then batch
};

// Adds the workload's measurements that ran, one series per batch size. Of an unknown profile, or
// one whose SMs are not known: nothing.
void add_measured(SliceTable& table, const std::string& workload, const plan::Measured& measured);

const Series* find_series(const SliceTable& table, std::string_view workload, unsigned batch);
// By compute slices (no published table has two profiles of so many); nullptr: not measured.
const TimedProfile* find_slices(const std::vector<TimedProfile>& timed, unsigned slices,
                                unsigned processes = 1);

std::string batch_text(const Series& series);  // "resnet50, batch 8"

}  // namespace septet::lab::evidence
