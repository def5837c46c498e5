// A* over deployments. A state is what runs on all GPUs; a neighbor has one replica more or one
// less. Starting a replica costs one, ending one nothing; every replica of the target that is not
// there costs at least one more, which never overestimates.
#include <algorithm>
#include <memory>
#include <queue>
#include <unordered_map>

#include "mig/fit_table.h"
#include "plan/transition/change.h"

namespace septet::plan {

namespace {

// A replica as a number: GPU, (profile, start) pair of its geometry, service (0: idle). A state is
// its replicas, sorted.
using ReplicaToken = std::uint32_t;
using PackedDeployment = std::vector<ReplicaToken>;

constexpr std::size_t kMostGpusPacked = 65'535;

ReplicaToken token(std::size_t gpu, std::size_t pair, std::size_t service) {
  return static_cast<ReplicaToken>(gpu << 16 | pair << 8 | (service == kIdle ? 0 : service + 1));
}
std::size_t gpu_of(ReplicaToken one) { return one >> 16; }
std::size_t pair_of(ReplicaToken one) { return (one >> 8) & 0xffu; }
std::size_t service_of(ReplicaToken one) {
  const ReplicaToken low = one & 0xffu;
  return low == 0 ? kIdle : low - 1;
}

struct DeploymentHash {
  std::size_t operator()(const PackedDeployment& state) const {
    std::uint64_t hash = 1469598103934665603u;  // FNV-1a
    for (const ReplicaToken one : state) hash = (hash ^ one) * 1099511628211u;
    return hash;
  }
};

struct ReachedDeployment {
  unsigned cost = 0;
  const PackedDeployment* before = nullptr;
  ReplicaToken change = 0;
  bool comes = false;
  bool closed = false;
};

struct OpenDeployment {
  unsigned bound = 0;       // starts so far and at least still
  unsigned to_go = 0;       // replicas that are not there yet or still there
  std::uint64_t order = 0;  // the newest first
  const PackedDeployment* state = nullptr;
  unsigned cost = 0;
  bool operator<(const OpenDeployment& other) const {  // std::priority_queue gives the largest
    if (bound != other.bound) return bound > other.bound;
    if (to_go != other.to_go) return to_go > other.to_go;
    return order < other.order;
  }
};

class FewestStartsSearch {
 public:
  FewestStartsSearch(const TransitionProblem& problem, unsigned below)
      : problem_(problem), below_(below) {
    for (std::size_t g = 0; g < problem.gpus.size(); ++g) tables_.push_back(table_of(g));
    goal_ = state_of(problem.to);
  }

  Searched run(std::size_t most_states) {
    const PackedDeployment* const first = reach(state_of(problem_.from), {});
    Searched result;
    while (!waiting_.empty()) {
      const OpenDeployment next = waiting_.top();
      waiting_.pop();
      ReachedDeployment& found = found_.at(*next.state);
      if (found.closed || next.cost > found.cost) continue;
      result.least = next.bound;
      if (*next.state == goal_) {
        result.changes = way_to(first, next.state);
        return result;
      }
      if (found_.size() > most_states) return result;
      found.closed = true;
      expand(*next.state, found.cost);
    }
    result.exhausted = true;
    result.least = below_;
    return result;
  }

 private:
  const mig::FitTable* table_of(std::size_t gpu) {
    for (std::size_t g = 0; g < gpu; ++g) {
      if (problem_.gpus[g].product == problem_.gpus[gpu].product) return tables_[g];
    }
    owned_.push_back(std::make_unique<mig::FitTable>(problem_.geometry(gpu)));
    return owned_.back().get();
  }

  ReplicaToken token_of(std::size_t gpu, const RunningReplica& replica) const {
    const auto& pairs = tables_[gpu]->pairs();
    std::size_t pair = 0;
    while (pairs[pair].profile != replica.instance.profile || pairs[pair].at != replica.instance.at)
      ++pair;
    return token(gpu, pair, replica.service);
  }

  PackedDeployment state_of(const Deployment& deployment) const {
    PackedDeployment state;
    for (std::size_t g = 0; g < deployment.size(); ++g) {
      for (const RunningReplica& replica : deployment[g]) state.push_back(token_of(g, replica));
    }
    std::ranges::sort(state);
    return state;
  }

  RunningReplica replica_of(ReplicaToken one) const {
    const auto& pair = tables_[gpu_of(one)]->pairs()[pair_of(one)];
    return {{pair.profile, pair.at}, service_of(one)};
  }

  const PackedDeployment* reach(PackedDeployment state, const ReachedDeployment& how) {
    unsigned common = 0;
    for (const ReplicaToken one : state) common += std::ranges::binary_search(goal_, one) ? 1u : 0u;
    const auto missing = static_cast<unsigned>(goal_.size()) - common;
    const auto extra = static_cast<unsigned>(state.size()) - common;
    if (how.cost + missing >= below_) return nullptr;
    const auto [at, fresh] = found_.try_emplace(std::move(state), how);
    if (!fresh) {
      if (at->second.cost <= how.cost) return nullptr;
      at->second = how;
    }
    waiting_.push({how.cost + missing, missing + extra, ++order_, &at->first, how.cost});
    return &at->first;
  }

  void expand(const PackedDeployment& state, unsigned cost) {
    std::vector<mig::Occupancy> taken(problem_.gpus.size());
    std::vector<std::int64_t> capacity(problem_.services.size(), 0);
    for (const ReplicaToken one : state) {
      const RunningReplica replica = replica_of(one);
      taken[gpu_of(one)].add(*replica.instance.profile, replica.instance.at);
      if (replica.service != kIdle) capacity[replica.service] += problem_.gives(replica);
    }
    for (const ReplicaToken one : state) {
      const RunningReplica replica = replica_of(one);
      if (replica.service != kIdle && capacity[replica.service] - problem_.gives(replica) <
                                          problem_.services[replica.service].floor)
        continue;
      PackedDeployment less = state;
      std::erase(less, one);
      reach(std::move(less), {cost, &state, one, false, false});
    }
    for (std::size_t g = 0; g < taken.size(); ++g) {
      if (!same_as_earlier_spare(g, taken)) start_on(g, taken[g], state, cost);
    }
  }

  // Empty spare GPUs of one product are all alike: the first of them stands for all.
  bool same_as_earlier_spare(std::size_t gpu, const std::vector<mig::Occupancy>& taken) const {
    if (!problem_.spare(gpu) || taken[gpu].units != 0) return false;
    for (std::size_t g = 0; g < gpu; ++g) {
      if (problem_.spare(g) && taken[g].units == 0 &&
          problem_.gpus[g].product == problem_.gpus[gpu].product)
        return true;
    }
    return false;
  }

  void start_on(std::size_t gpu, const mig::Occupancy& taken, const PackedDeployment& state,
                unsigned cost) {
    const auto fits = tables_[gpu]->fits(taken);
    const auto& pairs = tables_[gpu]->pairs();
    const auto start = [&](ReplicaToken one) {
      PackedDeployment more = state;
      more.insert(std::ranges::lower_bound(more, one), one);
      reach(std::move(more), {cost + 1, &state, one, true, false});
    };
    for (std::size_t p = 0; p < pairs.size(); ++p) {
      if (((fits >> p) & 1u) == 0) continue;
      for (std::size_t s = 0; s < problem_.services.size(); ++s) {
        if (problem_.services[s].in(pairs[p].profile) > 0) start(token(gpu, p, s));
      }
      const ReplicaToken idle =
          token(gpu, p, kIdle);  // only where it is wanted: in between it is no use
      if (std::ranges::binary_search(goal_, idle)) start(idle);
    }
  }

  std::vector<Change> way_to(const PackedDeployment* first, const PackedDeployment* last) const {
    std::vector<Change> changes;
    for (const PackedDeployment* at = last; at != first;) {
      const ReachedDeployment& found = found_.at(*at);
      changes.push_back({found.comes, gpu_of(found.change), replica_of(found.change)});
      at = found.before;
    }
    std::ranges::reverse(changes);
    return changes;
  }

  const TransitionProblem& problem_;
  unsigned below_;
  std::vector<std::unique_ptr<mig::FitTable>> owned_;
  std::vector<const mig::FitTable*> tables_;
  PackedDeployment goal_;
  std::unordered_map<PackedDeployment, ReachedDeployment, DeploymentHash>
      found_;  // nodes stay where they are
  std::priority_queue<OpenDeployment> waiting_;
  std::uint64_t order_ = 0;
};

}  // namespace

Searched fewest_starts(const TransitionProblem& problem, unsigned below, std::size_t most_states) {
  const unsigned least = least_starts(problem);
  if (problem.gpus.size() > kMostGpusPacked || most_states == 0)
    return {std::nullopt, least, false};
  if (below <= least) return {std::nullopt, below, true};
  Searched result = FewestStartsSearch(problem, below).run(most_states);
  result.least = std::max(result.least, least);
  return result;
}

}  // namespace septet::plan
