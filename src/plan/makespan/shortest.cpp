#include "plan/makespan/shortest.h"

#include <algorithm>
#include <numeric>

#include "plan/makespan/anneal.h"
#include "plan/makespan/bound.h"
#include "plan/makespan/call_order.h"
#include "plan/makespan/construct.h"
#include "plan/makespan/improve.h"
#include "plan/makespan/split.h"

namespace septet::plan {

namespace {

constexpr std::size_t kMostVisits = 2'000'000;

FreeJobs all_jobs_free(const MakespanProblem& problem) {
  FreeJobs free;
  free.jobs.resize(problem.jobs());
  std::iota(free.jobs.begin(), free.jobs.end(), 0u);
  free.staying.assign(problem.board.size(), 0);
  return free;
}

MakespanPlan finished_plan(const MakespanProblem& problem, Assignment places, Ticks bound) {
  MakespanPlan plan;
  plan.schedule = schedule_of(problem, places);
  plan.places = std::move(places);
  plan.bound = std::min(bound, plan.schedule.makespan);
  plan.best_splitting = plan.optimal();
  return plan;
}

Ticks length_with_calls(const MakespanProblem& problem, const Assignment& places) {
  return makespan_by_rule(problem, loads_of(problem, places));
}

// All places that could still beat `best`, with the true order of calls; false: given up.
bool search_splits_below(const MakespanProblem& problem, const SplitSearch& search,
                         Assignment& best) {
  bool orders_proven = true;
  const CallOrder first = best_call_order(problem, loads_of(problem, best));
  Ticks shortest = first.makespan;
  const auto look = [&](const std::vector<Ticks>& loads, const Assignment& places, bool whole) {
    const Ticks least = makespan_at_least(problem, loads);
    if (least >= shortest) return least;
    const CallOrder order = best_call_order(problem, loads);
    if (!whole) return order.proven ? order.makespan : least;
    orders_proven = orders_proven && order.proven;
    if (order.makespan < shortest) {
      shortest = order.makespan;
      best = places;
    }
    return order.makespan;
  };
  return search.visit_below(shortest, kMostVisits, look) && orders_proven && first.proven;
}

// Few jobs, call times: the places that are best when every part has the driver to itself, improved
// by the true order of calls; then all that could be better.
MakespanPlan plan_few_with_calls(const MakespanProblem& problem, const MakespanEffort& effort) {
  const FreeJobs all = all_jobs_free(problem);
  const Ticks bound = SplitSearch(problem, all, CallRule::kAnyOrder).best().value;
  const SplitSearch search(problem, all, CallRule::kSplitting);
  const Split relaxed = search.best();
  const auto length = [&problem](const Assignment& places) {
    return length_with_calls(problem, places);
  };
  Assignment places = improve_plan(problem, relaxed.places, length, {effort.rounds, relaxed.value});
  const bool searched = search_splits_below(problem, search, places);
  MakespanPlan plan = finished_plan(problem, std::move(places), bound);
  plan.best_splitting = searched || plan.optimal();
  return plan;
}

MakespanPlan plan_many_jobs(const MakespanProblem& problem, const MakespanEffort& effort) {
  const auto length = [&problem](const Assignment& places) {
    return problem.calls_take_time() ? length_with_calls(problem, places)
                                     : longest_way(problem, loads_of(problem, places));
  };
  Assignment places = construct_plan(problem);
  const Ticks enough = weighed_bound(problem, length(places));
  if (length(places) > enough && effort.moves > 0)
    places = anneal_plan(problem, places, effort.moves);
  places = improve_plan(problem, std::move(places), length, {effort.rounds, enough});
  return finished_plan(problem, places, weighed_bound(problem, length(places)));
}

}  // namespace

MakespanPlan shortest_plan(const MakespanProblem& problem, const MakespanEffort& effort) {
  if (problem.jobs() > std::min(effort.exact_jobs, kMostFreeJobs))
    return plan_many_jobs(problem, effort);
  if (problem.calls_take_time()) return plan_few_with_calls(problem, effort);
  const FreeJobs all = all_jobs_free(problem);
  Split split = SplitSearch(problem, all, CallRule::kSplitting).best();
  return finished_plan(problem, std::move(split.places), split.value);
}

}  // namespace septet::plan
