#include "plan/transition/step_times.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <queue>
#include <set>

#include "plan/transition/instance_seconds.h"

namespace septet::plan {

namespace {

// Something that one thing at a time can use: the driver or the link of a GPU.
struct StepPhase {
  std::size_t resource = 0;
  double seconds = 0.0;
};
std::size_t driver_of(std::size_t gpu) { return 2 * gpu; }
std::size_t link_of(std::size_t gpu) { return 2 * gpu + 1; }

double load_seconds(const TransitionProblem& problem, const RunningReplica& replica) {
  return replica.service == kIdle ? 0.0 : problem.services[replica.service].load_seconds;
}
InstanceSeconds seconds_of(const TransitionProblem& problem, std::size_t gpu,
                           const mig::Instance& instance) {
  return instance_seconds(*problem.gpus[gpu].product, *instance.profile);
}

std::vector<StepPhase> phases_of(const TransitionProblem& problem, const TransitionStep& step) {
  std::vector<StepPhase> phases;
  const auto add = [&](std::size_t resource, double seconds) {
    if (seconds > 0.0) phases.push_back({resource, seconds});
  };
  const bool keeps = step.kind == TransitionKind::kHandOver;
  if (step.to) {
    const auto& [gpu, replica] = *step.to;
    if (!keeps) add(driver_of(gpu), seconds_of(problem, gpu, replica.instance).create);
    add(link_of(gpu), load_seconds(problem, replica));
  }
  if (step.from && !keeps) {
    const auto& [gpu, replica] = *step.from;
    add(driver_of(gpu), seconds_of(problem, gpu, replica.instance).destroy);
  }
  return phases;
}

class StepTiming {
 public:
  StepTiming(const TransitionProblem& problem, std::vector<TransitionStep>& steps)
      : steps_(steps),
        phases_(steps.size()),
        behind_(steps.size()),
        way_(steps.size(), 0.0),
        waits_(steps.size(), 0),
        at_(steps.size(), 0),
        waiting_(2 * problem.gpus.size()),
        taken_(2 * problem.gpus.size(), false) {
    for (std::size_t i = steps.size(); i-- > 0;) {
      phases_[i] = phases_of(problem, steps[i]);
      for (const std::size_t other : behind_[i]) way_[i] = std::max(way_[i], way_[other]);
      for (const StepPhase& phase : phases_[i]) way_[i] += phase.seconds;
      for (const std::size_t before : steps[i].after) behind_[before].push_back(i);
      waits_[i] = steps[i].after.size();
    }
  }

  double run() {
    for (std::size_t i = 0; i < steps_.size(); ++i) {
      if (waits_[i] == 0) begin(i, 0.0);
    }
    double now = 0.0;
    serve(now);
    while (!running_.empty()) {
      now = running_.top().first;
      while (!running_.empty() && running_.top().first <= now) {
        const std::size_t step = running_.top().second;
        running_.pop();
        const std::size_t resource = phases_[step][at_[step]].resource;
        taken_[resource] = false;
        freed_.push_back(resource);
        ++at_[step];
        next_phase(step, now);
      }
      serve(now);
    }
    return now;
  }

 private:
  void begin(std::size_t step, double now) {
    steps_[step].begins = now;
    next_phase(step, now);
  }

  void next_phase(std::size_t step, double now) {
    if (at_[step] < phases_[step].size()) {
      const std::size_t resource = phases_[step][at_[step]].resource;
      waiting_[resource].insert({-way_[step], step});
      freed_.push_back(resource);
      return;
    }
    steps_[step].ends = now;
    for (const std::size_t other : behind_[step]) {
      if (--waits_[other] == 0) begin(other, now);
    }
  }

  void serve(double now) {
    for (const std::size_t resource : freed_) {
      if (taken_[resource] || waiting_[resource].empty()) continue;
      const std::size_t step = waiting_[resource].begin()->second;
      waiting_[resource].erase(waiting_[resource].begin());
      taken_[resource] = true;
      if (at_[step] == 0) steps_[step].begins = now;
      running_.emplace(now + phases_[step][at_[step]].seconds, step);
    }
    freed_.clear();
  }

  using Ending = std::pair<double, std::size_t>;
  std::vector<TransitionStep>& steps_;
  std::vector<std::vector<StepPhase>> phases_;
  std::vector<std::vector<std::size_t>> behind_;
  std::vector<double> way_;  // seconds from its beginning to the end of all, if nothing were taken
  std::vector<std::size_t> waits_, at_;
  std::vector<std::set<std::pair<double, std::size_t>>> waiting_;  // by resource
  std::vector<bool> taken_;
  std::vector<std::size_t> freed_;
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> running_;
};

bool has_instance(const std::vector<RunningReplica>& replicas, const mig::Instance& instance) {
  return std::ranges::find(replicas, instance, &RunningReplica::instance) != replicas.end();
}

// The driver unmakes what is in the way in a row; of a service that cannot spare it, a model must
// be loaded first, and then one replica at least goes.
double seconds_until_free(const TransitionProblem& problem,
                          const std::vector<std::int64_t>& capacity, std::size_t gpu,
                          const RunningReplica& wanted) {
  const auto leaving = in_the_way(problem, gpu, wanted);
  const bool stays = has_instance(leaving, wanted.instance);  // handed over, not unmade
  const auto unmake = [&](const RunningReplica& one) {
    return stays ? 0.0 : seconds_of(problem, gpu, one.instance).destroy;
  };
  double seconds = 0.0;
  for (const RunningReplica& there : leaving) seconds += unmake(there);
  for (const std::size_t service : short_without(problem, capacity, leaving)) {
    double shortest = std::numeric_limits<double>::max();
    for (const RunningReplica& there : leaving) {
      if (there.service == service) shortest = std::min(shortest, unmake(there));
    }
    seconds = std::max(seconds, problem.services[service].load_seconds + shortest);
  }
  return seconds;
}

double least_on_gpu(const TransitionProblem& problem, const std::vector<std::int64_t>& capacity,
                    std::size_t gpu) {
  double driver = 0.0, link = 0.0, longest = 0.0;
  for (const RunningReplica& there : problem.from[gpu]) {
    if (!has_instance(problem.to[gpu], there.instance))
      driver += seconds_of(problem, gpu, there.instance).destroy;
  }
  for (const RunningReplica& wanted : problem.to[gpu]) {
    if (holds(problem.from[gpu], wanted)) continue;
    const double load = load_seconds(problem, wanted);
    const double create = has_instance(problem.from[gpu], wanted.instance)
                              ? 0.0
                              : seconds_of(problem, gpu, wanted.instance).create;
    link += load;
    driver += create;
    longest = std::max(longest, seconds_until_free(problem, capacity, gpu, wanted) + create + load);
  }
  return std::max({driver, link, longest});
}

}  // namespace

double time_steps(const TransitionProblem& problem, std::vector<TransitionStep>& steps) {
  return StepTiming(problem, steps).run();
}

double least_seconds(const TransitionProblem& problem) {
  double least = 0.0;
  const auto capacity = capacities(problem, problem.from);
  for (std::size_t g = 0; g < problem.gpus.size(); ++g)
    least = std::max(least, least_on_gpu(problem, capacity, g));
  return least;
}

}  // namespace septet::plan
