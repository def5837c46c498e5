// plan/transition/cut_stages.h — how GPUs are to be cut, stage after stage, so that somebody who
// cuts a node as a whole can carry a transition out.
//
// A stage: what is in `stop` ends; then its GPUs are cut as it says, what goes before what comes;
// then what is in `start` begins, and serves before the next stage. Every stage takes as much as
// the order of the steps allows. Within a stage nothing else has to be kept in order.
// A replica that is handed an instance is in `stop` and `start`; the cut stays as it is.
#pragma once

#include "plan/transition/transition.h"

namespace septet::plan {

struct GpuAfterStage {
  std::size_t gpu = 0;
  std::vector<mig::Instance> instances;  // by start; all there is
};

struct CutStage {
  std::vector<ReplicaPlace> stop;
  std::vector<GpuAfterStage> cuts;  // of the GPUs that `stop` and `start` name, by number
  std::vector<ReplicaPlace> start;
};

std::vector<CutStage> cut_stages(const TransitionProblem& problem, const Transition& transition);

}  // namespace septet::plan
