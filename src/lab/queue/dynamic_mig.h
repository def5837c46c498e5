// lab/queue/dynamic_mig.h — our policy: cut a GPU anew whenever that shortens the jobs' mean
// completion time, reconfiguration costs included.
//
// A job's weight is one over the work it is expected to have left: known lengths (shortest
// remaining first), or, when they are not known, what it has had so far plus `prior`: the longer a
// job has run, the longer it is expected to run on, which holds for lengths with a heavy tail.
// A GPU is cut so that the sum of weight * speed of its jobs is highest (best_cut.h). A move costs
// its seconds out of the next `horizon`; a running job may be left out, and waits again.
//   arrival: the GPU whose sum grows most takes the job; none grows: it waits.
//   end:     the GPU chooses among its jobs and the waiting ones; with nobody waiting it takes
//            over jobs of fuller GPUs as long as that pays.
#pragma once

#include "lab/queue/run_policy.h"

namespace septet::lab::queue {

struct DynamicTuning {
  bool lengths_known = false;
  double prior = 300;    // seconds of work expected of a job that has done nothing yet
  double horizon = 300;  // seconds a cut is expected to last
  double power = 1;      // weight = 1 / expected^power
  double patience = 60;  // seconds that a hole is left open for the next arrival
  double a = 300, b=0, c=0;
  double price = 0;      // of a GPU's memory units together, in weights of a fresh job
};

std::unique_ptr<Policy> dynamic_mig(const DynamicTuning& tuning);

}  // namespace septet::lab::queue
