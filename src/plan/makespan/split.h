// plan/makespan/split.h — the best places for a few jobs while all the others stay: exact.
//
// Method. Without call times a schedule is as long as its fullest way down the tree of places, in
//         whatever order things run (board.h: the places are nested). So for every set S of the
//         free jobs and every place v, let f(v, S) be the least time that S takes at v and below.
//         Below v the set is split over v's parts; at v itself jobs run one after the other:
//             g(v, X) = min over Y of max(f(a, Y), f(b, X - Y))
//             f(v, S) = min over U of (sum of U at v) + g(v, S - U)
//         The second is found by taking jobs away one at a time. For n free jobs that is 3^n steps
//         per place with two parts; places that are alike share one table.
// Calls.  With call times the values are bounds from below: see CallRule.
#pragma once

#include <functional>

#include "plan/makespan/problem.h"

namespace septet::plan {

constexpr std::size_t kMostFreeJobs = 16;

// What a used place adds besides its jobs. Of two parts that are both used, one waits for the
// other's first create, whatever the order: the driver makes one instance at a time.
enum class CallRule : std::uint8_t {
  kSplitting,  // larger instances before smaller: a destroy only where something smaller follows
  kAnyOrder,   // every instance is destroyed, except that the last destroy is not waited for
};

struct FreeJobs {
  std::vector<unsigned> jobs;  // at most kMostFreeJobs
  std::vector<Ticks> staying;  // by place: what the other jobs there take; 0: no job stays
};

struct Split {
  Ticks value = 0;               // of the whole GPU, the staying jobs included
  std::vector<unsigned> places;  // of the free jobs, in their order
};

class SplitSearch {
 public:
  // Keeps references; everything is worked out here.
  SplitSearch(const MakespanProblem& problem, const FreeJobs& free, CallRule rule);

  Split best() const;

  // Sees every way to place the free jobs whose value is below `limit`, and begins of such ways:
  // told the load of every place, and whether all jobs are placed, it returns how long that takes
  // at least; of a whole plan, exactly. What is not below the limit is not followed, and whole
  // plans lower the limit.
  using Look = std::function<Ticks(const std::vector<Ticks>& loads,
                                   const std::vector<unsigned>& places, bool whole)>;
  // False: given up after `steps`.
  bool visit_below(Ticks limit, std::size_t steps, const Look& look) const;

 private:
  friend class SplitVisit;
  using JobSet = std::uint32_t;
  using SetTable = std::vector<Ticks>;  // by set of free jobs

  // What is known of one place: tables over all sets of free jobs.
  struct PlaceTables {
    std::vector<SetTable> parts;  // parts[k]: the first k + 2 parts together
    SetTable beyond;              // beyond[X] = X below this place, and the destroy before it
    SetTable here;                // at least one free job of the set runs at this place
    SetTable best;                // f
    Ticks first_create = kNever;  // the shortest create at or below this place
    bool stays = false;           // a job that is not free runs at or below this place
  };

  const SetTable& best(unsigned place) const { return tables_[same_[place]].best; }
  const std::vector<unsigned>& below(unsigned place) const { return problem_.board[place].below; }
  const SetTable* under(unsigned place) const;  // nullptr: nothing is below
  Ticks takes(std::size_t job, unsigned place) const {
    return problem_.takes[free_.jobs[job]][place];
  }
  bool alike(unsigned one, unsigned other) const;
  void fill(unsigned place);
  void fill_parts(unsigned place);
  void fill_here(unsigned place);
  void trace(unsigned place, JobSet set, Split& split) const;
  JobSet trace_here(unsigned place, JobSet set, Split& split) const;
  JobSet left_share(unsigned place, std::size_t k, JobSet set) const;
  // The table of parts 0 to k - 1 together, k > 0.
  const SetTable& first_parts(unsigned place, std::size_t k) const;

  const MakespanProblem& problem_;
  const FreeJobs& free_;
  CallRule rule_;
  JobSet sets_;
  std::vector<PlaceTables> tables_;
  std::vector<unsigned> same_;  // the place whose tables are also this one's
};

}  // namespace septet::plan
