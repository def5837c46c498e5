#include "far_schedule.h"

#include <algorithm>
#include <map>
#include <queue>

namespace septet::bench {

namespace {

using plan::Assignment;
using plan::MakespanProblem;
using plan::Ticks;
using Allotment = std::vector<unsigned>;  // slices of each job

class Far {
 public:
  explicit Far(const MakespanProblem& problem) : problem_(problem) {
    for (unsigned place = 1; place < problem.board.size(); ++place)
      any_of_[slices(place)] = place;  // places of one size take every job equally long
  }

  FarSchedule run() const {
    FarSchedule best;
    Ticks shortest = plan::kNever;
    for (const Allotment& allotment : family()) {
      Assignment plan = list_schedule(allotment);
      const Ticks length = plan::longest_way(problem_, plan::loads_of(problem_, plan));
      if (length >= shortest) continue;
      shortest = length;
      best.unrefined = std::move(plan);
    }
    best.refined = refined(best.unrefined);
    return best;
  }

 private:
  unsigned slices(unsigned place) const { return problem_.board[place].profile->slices; }
  Ticks takes(std::size_t job, unsigned size) const {
    return problem_.takes[job][any_of_.at(size)];
  }

  unsigned cheapest(std::size_t job, unsigned above) const {
    unsigned best = 0;
    for (const auto& [size, place] : any_of_) {
      if (size <= above) continue;
      if (best == 0 || size * takes(job, size) < best * takes(job, best)) best = size;
    }
    return best;
  }

  std::vector<Allotment> family() const {
    Allotment current(problem_.jobs());
    for (std::size_t job = 0; job < current.size(); ++job) current[job] = cheapest(job, 0);
    std::vector<Allotment> all{current};
    for (;;) {
      std::size_t longest = 0;
      for (std::size_t job = 1; job < current.size(); ++job) {
        if (takes(job, current[job]) > takes(longest, current[longest])) longest = job;
      }
      if (current[longest] == any_of_.rbegin()->first) return all;
      current[longest] = cheapest(longest, current[longest]);
      all.push_back(current);
    }
  }

  // The place that is free first takes the longest job of its size, or is split.
  Assignment list_schedule(const Allotment& allotment) const {
    std::map<unsigned, std::vector<std::size_t>> waiting;
    for (std::size_t job = 0; job < allotment.size(); ++job) waiting[allotment[job]].push_back(job);
    for (auto& [size, jobs] : waiting) {
      std::ranges::sort(jobs, {}, [this, s = size](std::size_t job) { return takes(job, s); });
    }
    Assignment plan(allotment.size(), 0);
    using Free = std::pair<Ticks, unsigned>;
    std::priority_queue<Free, std::vector<Free>, std::greater<>> open;
    open.emplace(0, 0);
    while (!open.empty()) {
      const auto [end, place] = open.top();
      open.pop();
      const auto own = place == 0 ? waiting.end() : waiting.find(slices(place));
      if (own == waiting.end()) {
        for (const unsigned part : problem_.board[place].below) open.emplace(end, part);
        continue;
      }
      const std::size_t job = own->second.back();
      own->second.pop_back();
      if (own->second.empty()) waiting.erase(own);
      plan[job] = place;
      open.emplace(end + problem_.takes[job][place], place);
    }
    return plan;
  }

  // The end of all that runs on the way to a place and below it.
  Ticks end_of(const std::vector<Ticks>& loads, unsigned place) const {
    Ticks above = 0;
    for (unsigned at = problem_.board[place].above; at != 0; at = problem_.board[at].above)
      above += loads[at];
    return above + own_end(loads, place);
  }

  Ticks own_end(const std::vector<Ticks>& loads, unsigned place) const {
    Ticks longest = 0;
    for (const unsigned part : problem_.board[place].below)
      longest = std::max(longest, own_end(loads, part));
    return longest + loads[place];
  }

  unsigned ends_first(const std::vector<Ticks>& loads, unsigned size) const {
    unsigned best = 0;
    for (unsigned place = 1; place < loads.size(); ++place) {
      if (slices(place) != size) continue;
      if (best == 0 || end_of(loads, place) < end_of(loads, best)) best = place;
    }
    return best;
  }

  // One move, or else one swap, from `place` to the place of its size that ends first, such that
  // about half of the difference is levelled.
  bool level(Assignment& plan, unsigned place) const {
    const auto loads = plan::loads_of(problem_, plan);
    const unsigned other = ends_first(loads, slices(place));
    const Ticks margin = plan::longest_way(problem_, loads) - end_of(loads, other);
    if (other == place || margin <= 0) return false;
    std::size_t moved = plan.size();
    std::size_t swapped = plan.size();
    Ticks nearest = margin;
    for (std::size_t job = 0; job < plan.size(); ++job) {
      if (plan[job] != place) continue;
      const Ticks takes_here = problem_.takes[job][place];
      const Ticks off = std::abs(takes_here - margin / 2);
      if (takes_here < margin && off < nearest) {
        nearest = off;
        moved = job;
      }
    }
    if (moved < plan.size()) {
      plan[moved] = other;
      return true;
    }
    for (std::size_t job = 0; job < plan.size(); ++job) {
      if (plan[job] != place) continue;
      for (std::size_t second = 0; second < plan.size(); ++second) {
        if (plan[second] != other) continue;
        const Ticks gain = problem_.takes[job][place] - problem_.takes[second][place];
        if (gain <= 0 || gain >= margin || std::abs(gain - margin / 2) >= nearest) continue;
        nearest = std::abs(gain - margin / 2);
        moved = job;
        swapped = second;
      }
    }
    if (moved == plan.size()) return false;
    std::swap(plan[moved], plan[swapped]);
    return true;
  }

  // From every fullest smallest place upwards until something moves.
  bool level_once(Assignment& plan) const {
    const auto loads = plan::loads_of(problem_, plan);
    const Ticks length = plan::longest_way(problem_, loads);
    for (unsigned leaf = 1; leaf < loads.size(); ++leaf) {
      if (!problem_.board[leaf].below.empty() || end_of(loads, leaf) != length) continue;
      for (unsigned place = leaf; place != 0; place = problem_.board[place].above) {
        if (level(plan, place)) return true;
      }
      return false;
    }
    return false;
  }

  Assignment refined(Assignment plan) const {
    Assignment best = plan;
    for (int round = 0; round < 300 && level_once(plan); ++round) {
      if (length_of(plan) < length_of(best)) best = plan;
    }
    return best;
  }

  Ticks length_of(const Assignment& plan) const {
    return plan::longest_way(problem_, plan::loads_of(problem_, plan));
  }

  const MakespanProblem& problem_;
  std::map<unsigned, unsigned> any_of_;  // by slices
};

}  // namespace

FarSchedule far_schedule(const plan::MakespanProblem& problem) { return Far(problem).run(); }

}  // namespace septet::bench
