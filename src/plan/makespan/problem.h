// plan/makespan/problem.h — what is to be run on one GPU, and how long it takes where.
//
// Units.  Ticks are microseconds. kNever: the job does not run there.
// Shapes. Jobs in the order of the file; places as in board.h, without those that no job can use.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <vector>

#include "plan/makespan/board.h"

namespace septet::plan {

using Ticks = std::int64_t;
constexpr Ticks kSecond = 1'000'000;
constexpr Ticks kNever = std::numeric_limits<Ticks>::max() / 1024;
constexpr Ticks kLongestJob = 10'000'000 * kSecond;  // kMostJobs of these stay below kNever
constexpr std::size_t kMostJobs = 256;

struct MoldableJob {
  std::string name;
  std::map<const mig::GpuInstanceProfile*, Ticks> takes;  // on a profile; at least one tick
};

// One driver call of each kind; calls on one GPU follow each other.
struct CallTicks {
  Ticks create = 0, destroy = 0;
};
using CallCosts = std::map<const mig::GpuInstanceProfile*, CallTicks>;  // missing: no time

struct MakespanProblem {
  Board board;
  std::vector<std::vector<Ticks>> takes;  // [job][place]
  std::vector<CallTicks> calls;           // by place

  std::size_t jobs() const { return takes.size(); }
  bool calls_take_time() const;
};

// The place of each job: a plan, up to the order of driver calls.
using Assignment = std::vector<unsigned>;

// kInvalidArgument: no jobs, more than kMostJobs, or one that runs on none of the profiles.
Result<MakespanProblem> makespan_problem(const mig::Geometry& geometry,
                                         const std::vector<MoldableJob>& jobs,
                                         const CallCosts& costs);
// The same on fewer places: those that `keep` accepts.
MakespanProblem with_places(const MakespanProblem& problem, const std::vector<bool>& keep);

// What the jobs on each place take together.
std::vector<Ticks> loads_of(const MakespanProblem& problem, const Assignment& assignment);
// The longest way from the top to a smallest place: the makespan when driver calls take no time.
Ticks longest_way(const MakespanProblem& problem, const std::vector<Ticks>& loads);

}  // namespace septet::plan
