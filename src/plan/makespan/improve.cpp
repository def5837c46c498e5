#include "plan/makespan/improve.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "plan/makespan/job_picker.h"
#include "plan/makespan/split.h"

namespace septet::plan {

namespace {

constexpr std::size_t kFreeAtOnce = 7;

// Jobs on the fullest way from the top to a smallest place.
std::vector<unsigned> critical_jobs(const MakespanProblem& problem, const Assignment& plan) {
  std::vector<Ticks> way = loads_of(problem, plan);
  unsigned last = 0;
  for (unsigned place = 1; place < way.size(); ++place) {
    way[place] += way[problem.board[place].above];
    if (way[place] > way[last]) last = place;
  }
  std::vector<bool> on_it(way.size(), false);
  for (unsigned place = last; place != 0; place = problem.board[place].above) on_it[place] = true;
  std::vector<unsigned> jobs;
  for (unsigned job = 0; job < plan.size(); ++job) {
    if (on_it[plan[job]]) jobs.push_back(job);
  }
  return jobs;
}

FreeJobs free_some(const MakespanProblem& problem, const Assignment& plan, JobPicker& picker) {
  FreeJobs free;
  const auto critical = critical_jobs(problem, plan);
  std::array<unsigned, kMostJobs> others{};
  std::iota(others.begin(), others.end(), 0u);
  const unsigned first = critical[picker.below(critical.size())];
  std::swap(others[0], others.at(first));
  const std::size_t count = std::min(kFreeAtOnce, plan.size());
  for (std::size_t k = 1; k < count; ++k)
    std::swap(others[k], others.at(k + picker.below(plan.size() - k)));
  free.jobs.assign(others.begin(), std::next(others.begin(), static_cast<std::ptrdiff_t>(count)));
  free.staying = loads_of(problem, plan);
  for (const unsigned job : free.jobs) free.staying[plan[job]] -= problem.takes[job][plan[job]];
  return free;
}

}  // namespace

Assignment improve_plan(const MakespanProblem& problem, Assignment plan, const PlanLength& length,
                        Improvement effort) {
  JobPicker picker;
  Ticks current = length(plan);
  for (unsigned round = 0; round < effort.rounds && current > effort.enough; ++round) {
    const FreeJobs free = free_some(problem, plan, picker);
    const Split split = SplitSearch(problem, free, CallRule::kSplitting).best();
    Assignment other(plan);
    for (std::size_t k = 0; k < free.jobs.size(); ++k) other[free.jobs[k]] = split.places[k];
    const Ticks reached = length(other);
    if (reached > current) continue;
    current = reached;
    plan = std::move(other);
  }
  return plan;
}

}  // namespace septet::plan
