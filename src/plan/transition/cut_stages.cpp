#include "plan/transition/cut_stages.h"

#include <algorithm>
#include <set>

namespace septet::plan {

namespace {

// The stage in which a step's instance comes, the one in which its other instance goes, and the
// first at whose beginning both are done, models loaded.
struct StagesOfStep {
  std::size_t comes = 0, goes = 0, done = 0;
};

StagesOfStep stages_from(TransitionKind kind, std::size_t first) {
  switch (kind) {
    case TransitionKind::kCreate: return {first, first, first + 1};
    case TransitionKind::kDelete:
      return {first, first, first};  // who comes may use the room at once
    case TransitionKind::kMove: return {first, first + 1, first + 1};
    case TransitionKind::kHandOver: return {first, first, first + 1};
  }
  return {};
}

std::vector<StagesOfStep> stages_of(const std::vector<TransitionStep>& steps) {
  std::vector<StagesOfStep> stages;
  for (const TransitionStep& step : steps) {
    std::size_t first = 0;
    for (const std::size_t before : step.after) first = std::max(first, stages[before].done);
    stages.push_back(stages_from(step.kind, first));
  }
  return stages;
}

// Cuts of the GPUs that the stage names, after it.
void cut(const CutStage& stage, std::vector<std::vector<mig::Instance>>& now,
         std::vector<GpuAfterStage>& cuts) {
  std::set<std::size_t> gpus;
  for (const ReplicaPlace& place : stage.stop) {
    std::erase(now[place.gpu], place.replica.instance);
    gpus.insert(place.gpu);
  }
  for (const ReplicaPlace& place : stage.start) {
    now[place.gpu].push_back(place.replica.instance);
    gpus.insert(place.gpu);
  }
  for (const std::size_t gpu : gpus) {
    std::ranges::sort(now[gpu], {}, &mig::Instance::at);
    cuts.push_back({gpu, now[gpu]});
  }
}

}  // namespace

std::vector<CutStage> cut_stages(const TransitionProblem& problem, const Transition& transition) {
  const auto& steps = transition.steps;
  const auto when = stages_of(steps);
  std::size_t count = 0;
  for (const StagesOfStep& one : when) count = std::max({count, one.comes + 1, one.goes + 1});
  std::vector<CutStage> stages(count);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].from) stages[when[i].goes].stop.push_back(*steps[i].from);
    if (steps[i].to) stages[when[i].comes].start.push_back(*steps[i].to);
  }
  std::vector<std::vector<mig::Instance>> now(problem.gpus.size());
  for (std::size_t g = 0; g < now.size(); ++g) {
    for (const RunningReplica& replica : problem.from[g]) now[g].push_back(replica.instance);
  }
  for (CutStage& stage : stages) cut(stage, now, stage.cuts);
  return stages;
}

}  // namespace septet::plan
