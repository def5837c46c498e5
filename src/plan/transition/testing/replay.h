// plan/transition/testing/replay.h — carries a transition out on paper, in any order its steps
// allow, and says what goes wrong. Shares nothing with the planner but the domain model: whether a
// GPU may be cut so is asked of mig::Layout after every event.
#pragma once

#include <algorithm>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "plan/transition/cut_stages.h"
#include "plan/transition/transition.h"

namespace septet::plan::testing {

class Replay {
 public:
  explicit Replay(const TransitionProblem& problem) : problem_(problem) {
    for (const auto& gpu : problem.from) there_.push_back(gpu);
    serving_ = there_;
  }

  // Begins and ends steps in a random order that respects `after`. Empty: nothing goes wrong.
  std::string in_random_order(const Transition& transition, std::mt19937& random) {
    const auto& steps = transition.steps;
    std::vector<int> state(steps.size(), 0);  // 0 waits, 1 runs, 2 has ended
    for (std::size_t ended = 0; ended < steps.size();) {
      std::vector<std::size_t> possible;
      for (std::size_t i = 0; i < steps.size(); ++i) {
        const bool may_begin = std::ranges::all_of(
            steps[i].after, [&](std::size_t before) { return state[before] == 2; });
        if (state[i] == 1 || (state[i] == 0 && may_begin)) possible.push_back(i);
      }
      if (possible.empty()) return "steps wait for each other in a circle";
      const std::size_t i = possible[random() % possible.size()];
      ended += state[i] == 1 ? 1 : 0;
      ++state[i] == 1 ? begin(steps[i]) : end(steps[i]);
      if (const std::string wrong = check(); !wrong.empty())
        return "step " + std::to_string(i) + ": " + wrong;
    }
    return at_the_end();
  }

  // Stage after stage, as somebody who cuts whole GPUs would.
  std::string in_stages(const std::vector<CutStage>& stages) {
    for (std::size_t i = 0; i < stages.size(); ++i) {
      carry_out(stages[i]);
      if (const std::string wrong = check(); !wrong.empty())
        return "stage " + std::to_string(i) + ": " + wrong;
    }
    return at_the_end();
  }

  // Begins and ends steps at the times they are given.
  std::string in_time(const Transition& transition) {
    struct Event {
      double at;
      std::size_t step;
      bool ends;
      auto operator<=>(const Event&) const = default;
    };
    std::vector<Event> events;
    for (std::size_t i = 0; i < transition.steps.size(); ++i) {
      const TransitionStep& step = transition.steps[i];
      for (const std::size_t before : step.after) {
        if (transition.steps[before].ends > step.begins) return "a step begins too early";
      }
      if (step.ends > transition.seconds) return "a step ends after the end";
      events.push_back({step.begins, i, false});
      events.push_back({step.ends, i, true});
    }
    std::ranges::sort(events, [](const Event& a, const Event& b) { return a < b; });
    for (const Event& event : events) {
      event.ends ? end(transition.steps[event.step]) : begin(transition.steps[event.step]);
      if (const std::string wrong = check(); !wrong.empty()) return wrong;
    }
    return at_the_end();
  }

 private:
  using Replicas = std::vector<RunningReplica>;

  void begin(const TransitionStep& step) {
    if (step.kind == TransitionKind::kDelete || step.kind == TransitionKind::kHandOver)
      remove(serving_, *step.from);
    if (step.kind == TransitionKind::kCreate || step.kind == TransitionKind::kMove)
      there_[step.to->gpu].push_back(step.to->replica);
  }
  void end(const TransitionStep& step) {
    if (step.kind == TransitionKind::kMove) remove(serving_, *step.from);
    if (step.from) remove(there_, *step.from);
    if (step.kind == TransitionKind::kHandOver) there_[step.to->gpu].push_back(step.to->replica);
    if (step.to) serving_[step.to->gpu].push_back(step.to->replica);
  }

  void carry_out(const CutStage& stage) {
    for (const ReplicaPlace& place : stage.stop) {
      remove(serving_, place);
      remove(there_, place);
    }
    for (const ReplicaPlace& place : stage.start) there_[place.gpu].push_back(place.replica);
    for (std::size_t g = 0; g < there_.size(); ++g) {
      std::vector<mig::Instance> instances;
      for (const RunningReplica& replica : there_[g]) instances.push_back(replica.instance);
      const auto at = std::ranges::find(stage.cuts, g, &GpuAfterStage::gpu);
      if (at != stage.cuts.end() && !std::ranges::is_permutation(at->instances, instances))
        wrong_ = problem_.gpus[g].name + " is not cut as its replicas need it";
    }
    if (const std::string wrong = check(); !wrong.empty()) wrong_ = wrong;
    for (const ReplicaPlace& place : stage.start) serving_[place.gpu].push_back(place.replica);
  }

  void remove(Deployment& deployment, const ReplicaPlace& place) {
    if (std::erase(deployment[place.gpu], place.replica) != 1)
      wrong_ = "ends what is not there: " + to_string(problem_, place.replica);
  }

  std::string check() const {
    if (!wrong_.empty()) return wrong_;
    for (std::size_t g = 0; g < there_.size(); ++g) {
      std::vector<mig::Instance> instances;
      for (const RunningReplica& replica : there_[g]) instances.push_back(replica.instance);
      const auto layout = mig::Layout::make(problem_.geometry(g), instances);
      if (!layout) return layout.error().what;
    }
    for (std::size_t s = 0; s < problem_.services.size(); ++s) {
      std::int64_t capacity = 0;
      for (const auto& replicas : serving_) {
        for (const RunningReplica& replica : replicas) {
          if (replica.service != s) continue;
          for (const Gives& row : problem_.services[s].gives)
            capacity += row.profile == replica.instance.profile ? row.amount : 0;
        }
      }
      if (capacity < problem_.services[s].floor)
        return problem_.services[s].name + " is below its floor";
    }
    return "";
  }

  static bool same(const Replicas& a, const Replicas& b) {
    return std::ranges::is_permutation(a, b);
  }
  std::string at_the_end() const {
    for (std::size_t g = 0; g < there_.size(); ++g) {
      if (!same(there_[g], problem_.to[g]) || !same(serving_[g], problem_.to[g]))
        return problem_.gpus[g].name + " does not end as wanted";
    }
    return "";
  }

  const TransitionProblem& problem_;
  Deployment there_;    // instances, from the beginning of their making to the end of their going
  Deployment serving_;  // replicas that count
  std::string wrong_;
};

}  // namespace septet::plan::testing
