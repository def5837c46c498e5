#include "plan/transition/change_order.h"

#include <algorithm>
#include <functional>
#include <map>
#include <queue>
#include <set>

namespace septet::plan {

namespace {

constexpr std::size_t kInitial = kIdle;  // capacity that was there to spare from the start
constexpr std::size_t kMostAncestors = 256;

// What a service can spare, by where it comes from; first what waits least itself.
class SpareCapacity {
 public:
  void add(unsigned depth, std::size_t source, std::int64_t amount) {
    if (amount <= 0) return;
    order_.insert({depth, source});
    left_[source] = {depth, amount};
  }
  // Takes `amount`, of `own` first; gives the sources.
  std::vector<std::size_t> take(std::int64_t amount, std::size_t own) {
    std::vector<std::size_t> sources;
    if (amount > 0 && own != kInitial && left_.contains(own)) draw(own, amount, sources);
    while (amount > 0) {
      SEPTET_ASSERT(!order_.empty());
      draw(order_.begin()->second, amount, sources);
    }
    return sources;
  }

 private:
  struct Left {
    unsigned depth = 0;
    std::int64_t amount = 0;
  };

  void draw(std::size_t source, std::int64_t& amount, std::vector<std::size_t>& sources) {
    Left& left = left_[source];
    const std::int64_t drawn = std::min(left.amount, amount);
    amount -= drawn;
    left.amount -= drawn;
    sources.push_back(source);
    if (left.amount > 0) return;
    order_.erase({left.depth, source});
    left_.erase(source);
  }

  std::set<std::pair<unsigned, std::size_t>> order_;
  std::map<std::size_t, Left> left_;
};

class WaitsOfChanges {
 public:
  WaitsOfChanges(const TransitionProblem& problem, const std::vector<Change>& changes)
      : problem_(problem),
        changes_(changes),
        spare_(problem.services.size()),
        on_gpu_(problem.gpus.size()),
        depth_(changes.size(), 0) {
    const auto capacity = capacities(problem, problem.from);
    for (std::size_t s = 0; s < spare_.size(); ++s)
      spare_[s].add(0, kInitial, capacity[s] - problem.services[s].floor);
  }

  Waits run() {
    Waits waits(changes_.size());
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      waits[i] = changes_[i].comes ? waits_to_come(changes_[i]) : waits_to_go(changes_[i]);
      std::ranges::sort(waits[i]);
      const auto twice = std::ranges::unique(waits[i]);
      waits[i].erase(twice.begin(), twice.end());
      for (const std::size_t before : waits[i]) depth_[i] = std::max(depth_[i], depth_[before]);
      ++depth_[i];
      on_gpu_[changes_[i].gpu].push_back(i);
      if (changes_[i].comes && changes_[i].replica.service != kIdle)
        spare_[changes_[i].replica.service].add(depth_[i], i, problem_.gives(changes_[i].replica));
    }
    return waits;
  }

 private:
  std::vector<std::size_t> waits_to_come(const Change& change) const {
    std::vector<std::size_t> waits;
    const mig::Geometry& geometry = problem_.geometry(change.gpu);
    for (const std::size_t before : on_gpu_[change.gpu]) {
      const Change& other = changes_[before];
      if (!other.comes && conflict(geometry, other.replica.instance, change.replica.instance))
        waits.push_back(before);
    }
    return waits;
  }

  std::vector<std::size_t> waits_to_go(const Change& change) {
    std::vector<std::size_t> waits;
    std::size_t own = kInitial;
    for (const std::size_t before : on_gpu_[change.gpu]) {
      const Change& other = changes_[before];
      if (other.comes && other.replica == change.replica) own = before;
    }
    if (own != kInitial) waits.push_back(own);
    if (change.replica.service == kIdle) return waits;
    for (const std::size_t source :
         spare_[change.replica.service].take(problem_.gives(change.replica), own)) {
      if (source != kInitial) waits.push_back(source);
    }
    return waits;
  }

  const TransitionProblem& problem_;
  const std::vector<Change>& changes_;
  std::vector<SpareCapacity> spare_;  // by service
  std::vector<std::vector<std::size_t>> on_gpu_;
  std::vector<unsigned> depth_;
};

// `second` waits for nothing but `first` and what `first` waits for, so that doing both as one step
// delays nobody, and makes no circle: whoever waits for either waits for `first`.
bool follows_alone(const Waits& waits, std::size_t first, std::size_t second) {
  std::set<std::size_t> ancestors{first};
  std::vector<std::size_t> open{first};
  while (!open.empty() && ancestors.size() < kMostAncestors) {
    const std::size_t at = open.back();
    open.pop_back();
    for (const std::size_t before : waits[at]) {
      if (ancestors.insert(before).second) open.push_back(before);
    }
  }
  return std::ranges::find(waits[second], first) != waits[second].end() &&
         std::ranges::all_of(waits[second],
                             [&](std::size_t before) { return ancestors.contains(before); });
}

class JoinedSteps {
 public:
  JoinedSteps(const TransitionProblem& problem, const std::vector<Change>& changes,
              const Waits& waits)
      : problem_(problem), changes_(changes), waits_(waits), partner_(changes.size(), kInitial) {}

  std::vector<TransitionStep> run() {
    join_hand_overs();
    join_moves();
    return in_order();
  }

 private:
  void join(std::size_t first, std::size_t second) {
    partner_[first] = second;
    partner_[second] = first;
  }

  // An instance that goes and comes again, with nothing in its place between.
  void join_hand_overs() {
    std::map<std::size_t, std::vector<std::size_t>> on_gpu;
    for (std::size_t i = 0; i < changes_.size(); ++i) on_gpu[changes_[i].gpu].push_back(i);
    for (const auto& [gpu, list] : on_gpu) {
      for (std::size_t k = 0; k < list.size(); ++k) {
        if (!changes_[list[k]].comes) hand_over(gpu, list, k);
      }
    }
  }

  void hand_over(std::size_t gpu, const std::vector<std::size_t>& list, std::size_t k) {
    const mig::Instance& gone = changes_[list[k]].replica.instance;
    for (std::size_t n = k + 1; n < list.size(); ++n) {
      const Change& next = changes_[list[n]];
      if (!next.comes || !conflict(problem_.geometry(gpu), gone, next.replica.instance)) continue;
      if (next.replica.instance == gone && follows_alone(waits_, list[k], list[n]))
        join(list[k], list[n]);
      return;
    }
  }

  void join_moves() {
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      const Change& goes = changes_[i];
      if (goes.comes || partner_[i] != kInitial || goes.replica.service == kIdle) continue;
      for (const std::size_t before : waits_[i]) {
        const Change& comes = changes_[before];
        const bool same = comes.comes && comes.replica.service == goes.replica.service &&
                          !(comes.gpu == goes.gpu && comes.replica == goes.replica);
        if (!same || partner_[before] != kInitial || !follows_alone(waits_, before, i)) continue;
        join(before, i);
        break;
      }
    }
  }

  // The first change of a step; a step is known by it.
  std::size_t first_of(std::size_t change) const {
    return partner_[change] == kInitial ? change : std::min(change, partner_[change]);
  }

  TransitionStep step_of(std::size_t first) const {
    TransitionStep step;
    for (const std::size_t i : {first, partner_[first]}) {
      if (i == kInitial) continue;
      (changes_[i].comes ? step.to : step.from) =
          ReplicaPlace{changes_[i].gpu, changes_[i].replica};
    }
    if (!step.from) {
      step.kind = TransitionKind::kCreate;
    } else if (!step.to) {
      step.kind = TransitionKind::kDelete;
    } else {
      step.kind = changes_[first].comes ? TransitionKind::kMove : TransitionKind::kHandOver;
    }
    step.temporary = step.to && !holds(problem_.to[step.to->gpu], step.to->replica);
    return step;
  }

  // Steps in an order in which each stands behind those it waits for.
  std::vector<TransitionStep> in_order() const {
    std::map<std::size_t, std::set<std::size_t>> before, behind;
    for (std::size_t i = 0; i < changes_.size(); ++i) {
      auto& mine = before[first_of(i)];
      for (const std::size_t other : waits_[i]) {
        if (first_of(other) == first_of(i)) continue;
        mine.insert(first_of(other));
        behind[first_of(other)].insert(first_of(i));
      }
    }
    std::priority_queue<std::size_t, std::vector<std::size_t>, std::greater<>> ready;
    std::map<std::size_t, std::size_t> open, number;
    for (const auto& [first, others] : before) {
      open[first] = others.size();
      if (others.empty()) ready.push(first);
    }
    std::vector<TransitionStep> steps;
    while (!ready.empty()) {
      const std::size_t first = ready.top();
      ready.pop();
      TransitionStep step = step_of(first);
      for (const std::size_t other : before[first]) step.after.push_back(number[other]);
      std::ranges::sort(step.after);
      number[first] = steps.size();
      steps.push_back(std::move(step));
      for (const std::size_t other : behind[first]) {
        if (--open[other] == 0) ready.push(other);
      }
    }
    SEPTET_ASSERT(steps.size() == before.size());
    return steps;
  }

  const TransitionProblem& problem_;
  const std::vector<Change>& changes_;
  const Waits& waits_;
  std::vector<std::size_t> partner_;
};

}  // namespace

Waits waits_of(const TransitionProblem& problem, const std::vector<Change>& changes) {
  return WaitsOfChanges(problem, changes).run();
}

unsigned longest_chain(const Waits& waits) {
  std::vector<unsigned> depth(waits.size(), 0);
  unsigned longest = 0;
  for (std::size_t i = 0; i < waits.size(); ++i) {
    for (const std::size_t before : waits[i]) depth[i] = std::max(depth[i], depth[before]);
    longest = std::max(longest, ++depth[i]);
  }
  return longest;
}

std::vector<TransitionStep> steps_of(const TransitionProblem& problem,
                                     const std::vector<Change>& changes, const Waits& waits) {
  return JoinedSteps(problem, changes, waits).run();
}

}  // namespace septet::plan
