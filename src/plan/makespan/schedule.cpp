#include "plan/makespan/schedule.h"

#include <algorithm>

#include "plan/makespan/call_order.h"

namespace septet::plan {

MakespanSchedule schedule_of(const MakespanProblem& problem, const Assignment& assignment) {
  const CallOrder order = best_call_order(problem, loads_of(problem, assignment));
  std::vector<std::vector<unsigned>> jobs(problem.board.size());
  for (unsigned job = 0; job < assignment.size(); ++job) jobs[assignment[job]].push_back(job);
  MakespanSchedule schedule{order.makespan, {}, order.proven};
  std::vector<std::size_t> run_of(problem.board.size(), 0);
  for (const CallOrder::Call& call : order.calls) {
    const Place& place = problem.board[call.place];
    if (call.destroys) {
      schedule.instances[run_of[call.place]].destroyed =
          TicksSpan{call.begin, call.begin + problem.calls[call.place].destroy};
      continue;
    }
    InstanceRun run{{place.profile, place.at}, {call.begin, call.begin}, {}, std::nullopt};
    run.created.end += problem.calls[call.place].create;
    std::ranges::stable_sort(jobs[call.place], std::greater<>(),
                             [&](unsigned job) { return problem.takes[job][call.place]; });
    Ticks now = run.created.end;
    for (const unsigned job : jobs[call.place]) {
      const Ticks end = now + problem.takes[job][call.place];
      run.jobs.push_back({job, {now, end}});
      now = end;
    }
    run_of[call.place] = schedule.instances.size();
    schedule.instances.push_back(std::move(run));
  }
  return schedule;
}

}  // namespace septet::plan
