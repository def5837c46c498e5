// lab/queue/fill.h — our discipline for slices: fill each GPU with the waiting jobs that use it
// best, all at once.
//
// Of all legal layouts that contain what runs on a GPU, with no more of each profile than wait,
// the one of highest value is made: the sum over what is added of (slices + per_job), plus a little
// for what would still fit later. The GPU that gains most goes first. Jobs of one profile start in
// order of arrival.
// Why.    Slices first: that is utilization (4g beside 3g, not 3g beside 3g; 1g with double memory
//         on the last two units, where a 1g would waste one). `per_job` prefers several small jobs
//         to one large: the mean wait counts heads.
// Limits. Large jobs wait for long while smaller ones keep coming, as under backfill; `patience`
//         seconds after its arrival a job is served before all that came later: nothing else
//         starts on the GPU that can be freed for it soonest. Infinite: never.
#pragma once

#include "lab/queue/slice_queue.h"

namespace septet::lab::queue {

struct FillTuning {
  bool lengths_known = false;
  double per_job = 0.3;
  double aging = 0.5;
  double fresh = 300;
  double shortness = 0.5;  // of known lengths only
  double openness = 0.001;
};

MakeDispatcher fill(const FillTuning& tuning);

}  // namespace septet::lab::queue
