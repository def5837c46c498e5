#include "plan/transition/keep_most.h"

#include <algorithm>
#include <array>
#include <functional>
#include <limits>
#include <map>
#include <utility>

namespace septet::plan {

namespace {

constexpr std::size_t kMostPairs = 1'000'000;  // of kinds that are all looked at
constexpr std::int64_t kPerReplicaKept = 64;   // more than instances on a GPU: replicas count first

std::int64_t worth(const std::vector<RunningReplica>& before,
                   const std::vector<RunningReplica>& after) {
  std::int64_t sum = 0;
  for (const RunningReplica& wanted : after) {
    for (const RunningReplica& there : before) {
      if (there.instance != wanted.instance) continue;
      sum += 1 + (there.service == wanted.service ? kPerReplicaKept : 0);
    }
  }
  return sum;
}

// Rows to columns, so that the sum of `worths` is largest (Hungarian method with potentials). Row
// and column 0 are nobody, as the method has it.
std::vector<std::size_t> best_assignment(const std::vector<std::vector<std::int64_t>>& worths) {
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 4;
  const std::size_t n = worths.size();
  std::vector<std::int64_t> row_price(n + 1, 0), column_price(n + 1, 0);
  std::vector<std::size_t> row_of(n + 1, 0), way(n + 1, 0);
  for (std::size_t row = 1; row <= n; ++row) {
    std::vector<std::int64_t> least(n + 1, kFar);
    std::vector<bool> seen(n + 1, false);
    std::size_t column = 0;
    row_of[0] = row;
    while (row_of[column] != 0) {
      seen[column] = true;
      const std::size_t at = row_of[column];
      std::int64_t step = kFar;
      std::size_t next = 0;
      for (std::size_t c = 1; c <= n; ++c) {
        if (seen[c]) continue;
        const std::int64_t cost = -worths[at - 1][c - 1] - row_price[at] - column_price[c];
        if (cost < least[c]) {
          least[c] = cost;
          way[c] = column;
        }
        if (least[c] < step) {
          step = least[c];
          next = c;
        }
      }
      for (std::size_t c = 0; c <= n; ++c) {
        if (seen[c]) {
          row_price[row_of[c]] += step;
          column_price[c] -= step;
        } else {
          least[c] -= step;
        }
      }
      column = next;
    }
    for (; column != 0; column = way[column]) row_of[column] = row_of[way[column]];
  }
  std::vector<std::size_t> column_of(n);
  for (std::size_t c = 1; c <= n; ++c) column_of[row_of[c] - 1] = c - 1;
  return column_of;
}

using GpuContent = std::vector<std::array<std::size_t, 3>>;  // profile, start, service: sorted

GpuContent content_of(const std::vector<RunningReplica>& replicas) {
  GpuContent content;
  for (const RunningReplica& replica : replicas)
    content.push_back({replica.instance.profile->id, replica.instance.at.start, replica.service});
  std::ranges::sort(content);
  return content;
}

// GPUs of one product, by number.
class GpusOfAKind {
 public:
  GpusOfAKind(const TransitionProblem& problem, std::vector<std::size_t> gpus, KeptMost& answer)
      : problem_(problem), gpus_(std::move(gpus)), answer_(answer) {}

  void run() {
    const bool exact = gpus_.size() <= kMostExact;
    std::vector<std::size_t> column_of = exact ? best_assignment(all_worths()) : by_pairs();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < gpus_.size(); ++i) {
      const std::vector<RunningReplica>& after = problem_.to[gpus_[column_of[i]]];
      answer_.to[gpus_[i]] = after;
      kept += kept_of(problem_.from[gpus_[i]], after);
    }
    answer_.kept += kept;
    answer_.most_kept += exact ? kept : std::max(kept, bound_);
  }

 private:
  static std::size_t kept_of(const std::vector<RunningReplica>& before,
                             const std::vector<RunningReplica>& after) {
    return static_cast<std::size_t>(std::ranges::count_if(
        after, [&](const RunningReplica& one) { return holds(before, one); }));
  }

  std::vector<std::vector<std::int64_t>> all_worths() const {
    std::vector<std::vector<std::int64_t>> worths(gpus_.size());
    for (std::size_t i = 0; i < gpus_.size(); ++i) {
      for (const std::size_t other : gpus_)
        worths[i].push_back(worth(problem_.from[gpus_[i]], problem_.to[other]));
    }
    return worths;
  }

  using Kinds = std::vector<std::vector<std::size_t>>;  // alike ones, as places in gpus_
  using PairsByWorth = std::map<std::int64_t, std::vector<std::pair<std::uint32_t, std::uint32_t>>,
                                std::greater<>>;  // of kinds

  Kinds kinds_of(const Deployment& deployment) const {
    std::map<GpuContent, std::vector<std::size_t>> kinds;
    for (std::size_t i = 0; i < gpus_.size(); ++i)
      kinds[content_of(deployment[gpus_[i]])].push_back(i);
    Kinds lists;
    for (auto& [content, list] : kinds) lists.push_back(std::move(list));
    return lists;
  }

  // Best pair of kinds first. The bound: on either side, nobody keeps more than with its best.
  std::vector<std::size_t> by_pairs() {
    Kinds before = kinds_of(problem_.from), after = kinds_of(problem_.to);
    PairsByWorth pairs;
    std::vector<std::size_t> best_before(before.size(), 0), best_after(after.size(), 0);
    const auto note = [&](std::size_t a, std::size_t b, std::int64_t value, std::size_t kept) {
      pairs[value].emplace_back(a, b);
      best_before[a] = std::max(best_before[a], kept);
      best_after[b] = std::max(best_after[b], kept);
    };
    if (before.size() <= kMostPairs / std::max<std::size_t>(1, after.size())) {
      visit_all_pairs(before, after, note);
    } else {
      visit_pairs_that_keep(before, after, note);
    }
    bound_ = std::min(total(before, best_before), total(after, best_after));
    return match(pairs, std::move(before), std::move(after));
  }

  void visit_all_pairs(const Kinds& before, const Kinds& after, const auto& note) const {
    for (std::size_t a = 0; a < before.size(); ++a) {
      for (std::size_t b = 0; b < after.size(); ++b) {
        const auto& from = problem_.from[gpus_[before[a].front()]];
        const auto& to = problem_.to[gpus_[after[b].front()]];
        if (const std::int64_t value = worth(from, to); value > 0)
          note(a, b, value, kept_of(from, to));
      }
    }
  }

  // Each pair of kinds that have a replica in common.
  void visit_pairs_that_keep(const Kinds& before, const Kinds& after, const auto& note) const {
    std::map<GpuContent::value_type, std::vector<std::size_t>> having;
    for (std::size_t b = 0; b < after.size(); ++b) {
      for (const auto& one : content_of(problem_.to[gpus_[after[b].front()]]))
        having[one].push_back(b);
    }
    std::vector<std::size_t> common(after.size(), 0), touched;
    for (std::size_t a = 0; a < before.size(); ++a) {
      for (const auto& one : content_of(problem_.from[gpus_[before[a].front()]])) {
        const auto found = having.find(one);
        if (found == having.end()) continue;
        for (const std::size_t b : found->second) {
          if (common[b]++ == 0) touched.push_back(b);
        }
      }
      for (const std::size_t b : touched) {
        const std::size_t kept = std::exchange(common[b], 0);
        note(a, b, static_cast<std::int64_t>(kept) * kPerReplicaKept, kept);
      }
      touched.clear();
    }
  }

  static std::size_t total(const Kinds& kinds, const std::vector<std::size_t>& best) {
    std::size_t sum = 0;
    for (std::size_t k = 0; k < kinds.size(); ++k) sum += kinds[k].size() * best[k];
    return sum;
  }

  std::vector<std::size_t> match(const PairsByWorth& pairs, Kinds before, Kinds after) const {
    std::vector<std::size_t> column_of(gpus_.size());
    const auto take = [&](std::vector<std::size_t>& a, std::vector<std::size_t>& b) {
      column_of[a.back()] = b.back();
      a.pop_back();
      b.pop_back();
    };
    for (const auto& [value, alike] : pairs) {
      for (const auto& [a, b] : alike) {
        while (!before[a].empty() && !after[b].empty()) take(before[a], after[b]);
      }
    }
    std::size_t b = 0;
    for (auto& list : before) {
      while (!list.empty()) {
        while (after[b].empty()) ++b;
        take(list, after[b]);
      }
    }
    return column_of;
  }

  const TransitionProblem& problem_;
  std::vector<std::size_t> gpus_;
  KeptMost& answer_;
  std::size_t bound_ = 0;
};

}  // namespace

KeptMost keep_most(const TransitionProblem& problem) {
  KeptMost answer;
  answer.to = problem.to;
  std::map<const mig::Product*, std::vector<std::size_t>> by_product;
  for (std::size_t g = 0; g < problem.gpus.size(); ++g)
    by_product[problem.gpus[g].product].push_back(g);
  for (auto& [product, gpus] : by_product) GpusOfAKind(problem, std::move(gpus), answer).run();
  return answer;
}

}  // namespace septet::plan
