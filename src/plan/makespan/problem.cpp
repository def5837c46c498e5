#include "plan/makespan/problem.h"

#include <algorithm>

#include "base/quoted.h"

namespace septet::plan {

bool MakespanProblem::calls_take_time() const {
  return std::ranges::any_of(
      calls, [](const CallTicks& call) { return call.create > 0 || call.destroy > 0; });
}

MakespanProblem with_places(const MakespanProblem& problem, const std::vector<bool>& keep) {
  MakespanProblem fewer;
  fewer.board = board_without(problem.board, keep);
  fewer.takes.resize(problem.jobs());
  for (unsigned place = 0; place < problem.board.size(); ++place) {
    if (place > 0 && !keep[place]) continue;
    fewer.calls.push_back(problem.calls[place]);
    for (std::size_t job = 0; job < problem.jobs(); ++job)
      fewer.takes[job].push_back(problem.takes[job][place]);
  }
  return fewer;
}

Result<MakespanProblem> makespan_problem(const mig::Geometry& geometry,
                                         const std::vector<MoldableJob>& jobs,
                                         const CallCosts& costs) {
  if (jobs.empty() || jobs.size() > kMostJobs) {
    return fail(Code::kInvalidArgument,
                jobs.empty() ? "there are no jobs" : "these are too many jobs",
                "give 1 to 256 jobs");
  }
  MakespanProblem problem;
  problem.board = TRY(board_of(geometry));
  problem.calls.resize(problem.board.size());
  problem.takes.assign(jobs.size(), std::vector<Ticks>(problem.board.size(), kNever));
  std::vector<bool> keep(problem.board.size(), false);
  for (std::size_t job = 0; job < jobs.size(); ++job) {
    bool somewhere = false;
    for (unsigned place = 1; place < problem.board.size(); ++place) {
      const auto found = jobs[job].takes.find(problem.board[place].profile);
      if (found == jobs[job].takes.end()) continue;
      problem.takes[job][place] = found->second;
      somewhere = keep[place] = true;
    }
    if (somewhere) continue;
    return fail(Code::kInvalidArgument,
                "job " + quoted(jobs[job].name) + " runs on no profile of this GPU",
                "say how long it takes on one of them");
  }
  for (unsigned place = 1; place < problem.board.size(); ++place) {
    const auto found = costs.find(problem.board[place].profile);
    if (found != costs.end()) problem.calls[place] = found->second;
  }
  return with_places(problem, keep);
}

std::vector<Ticks> loads_of(const MakespanProblem& problem, const Assignment& assignment) {
  std::vector<Ticks> loads(problem.board.size(), 0);
  for (std::size_t job = 0; job < assignment.size(); ++job)
    loads[assignment[job]] += problem.takes[job][assignment[job]];
  return loads;
}

Ticks longest_way(const MakespanProblem& problem, const std::vector<Ticks>& loads) {
  std::vector<Ticks> way(loads);
  Ticks longest = 0;
  for (unsigned place = 1; place < way.size(); ++place) {
    way[place] += way[problem.board[place].above];
    longest = std::max(longest, way[place]);
  }
  return longest;
}

}  // namespace septet::plan
