#include "lab/queue/run_policy.h"

#include <algorithm>
#include <cmath>

namespace septet::lab::queue {

namespace {

// Slices that jobs hold now; without MIG a GPU with a job is held as a whole.
double slices_held(const Fleet& fleet) {
  const Places& places = fleet.world().places;
  double held = 0;
  for (const GpuState& gpu : fleet.gpus()) {
    for (const unsigned job : gpu.jobs) {
      const int place = fleet.job(job).place;
      held += place == kNowhere
                  ? static_cast<double>(places.slices) / static_cast<double>(gpu.jobs.size())
                  : places.slices_of(place);
    }
  }
  return held;
}

RunOutcome summarize(const Fleet& fleet, std::vector<QueueSample> queue, double held_seconds) {
  RunOutcome outcome;
  std::vector<double> completions;
  for (unsigned i = 0; i < fleet.world().jobs.size(); ++i) {
    const JobState& job = fleet.job(i);
    outcome.jobs.push_back({fleet.about(i).arrives, job.began, job.finished, job.moves});
    completions.push_back(outcome.jobs.back().completion());
    outcome.mean_completion += completions.back();
    outcome.mean_wait += job.began - fleet.about(i).arrives;
    outcome.makespan = std::max(outcome.makespan, job.finished);
    outcome.moves += job.moves;
  }
  const double count = std::max<double>(1, static_cast<double>(completions.size()));
  outcome.mean_completion /= count;
  outcome.mean_wait /= count;
  outcome.p50 = quantile(completions, 0.5);
  outcome.p95 = quantile(completions, 0.95);
  outcome.worst = quantile(completions, 1);
  if (outcome.makespan > 0)
    outcome.slices_held =
        held_seconds / (outcome.makespan * fleet.world().gpus * fleet.world().places.slices);
  outcome.queue = std::move(queue);
  outcome.log = fleet.log();
  return outcome;
}

unsigned running(const Fleet& fleet) {
  std::size_t jobs = 0;
  for (const GpuState& gpu : fleet.gpus()) jobs += gpu.jobs.size();
  return static_cast<unsigned>(jobs);
}

}  // namespace

double quantile(std::vector<double> values, double p) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const double at = p * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  if (below + 1 >= values.size()) return values.back();
  return values[below] + (at - std::floor(at)) * (values[below + 1] - values[below]);
}

const TrainingJob* misfit(const World& world) {
  const auto found = std::ranges::find_if(world.jobs, [&](const TrainingJob& job) {
    return job.smallest() >= world.places.profiles.size();
  });
  return found == world.jobs.end() ? nullptr : &*found;
}

RunOutcome run_policy(const World& world, Policy& policy) {
  Fleet fleet(world);
  policy.begin(fleet);
  std::vector<QueueSample> queue;
  unsigned next = 0;
  double held_seconds = 0;
  while (!fleet.all_done()) {
    const double arrival = next < world.jobs.size() ? world.jobs[next].arrives : kForever;
    const double at = std::min({fleet.next_end(), arrival, policy.alarm()});
    SEPTET_ASSERT(at < kForever);
    held_seconds += (at - fleet.now()) * slices_held(fleet);
    const std::vector<unsigned> ended = fleet.advance(at);
    std::vector<unsigned> arrived;
    for (; next < world.jobs.size() && world.jobs[next].arrives <= at; ++next) {
      fleet.arrive(next);
      arrived.push_back(next);
    }
    policy.decide(fleet, {ended, arrived});
    queue.push_back({at, static_cast<unsigned>(fleet.waiting().size()), running(fleet)});
  }
  return summarize(fleet, std::move(queue), held_seconds);
}

}  // namespace septet::lab::queue
