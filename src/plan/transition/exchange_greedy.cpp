// The quick way from one deployment to another: exchange what can be exchanged, temporary replicas
// where nothing can.
//
// Effort. A round looks once at every GPU that still has something to come. Each unlocking round
// makes one wanted replica come, so there are at most as many as wanted replicas.
#include <algorithm>
#include <limits>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

#include "plan/transition/change.h"

namespace septet::plan {

namespace {

constexpr std::size_t kSmallFleet = 256;   // one costly exchange a round, then cheap ones again
constexpr std::size_t kUnlocksTried = 32;  // the least short ones
constexpr unsigned kMostTemporary = 64;    // for one exchange

using ServiceAmounts = std::vector<std::pair<std::size_t, std::int64_t>>;  // by service: a few

void add_amount(ServiceAmounts& amounts, std::size_t service, std::int64_t amount) {
  if (service == kIdle) return;
  for (auto& [known, sum] : amounts) {
    if (known != service) continue;
    sum += amount;
    return;
  }
  amounts.emplace_back(service, amount);
}

// The `number`-th of many orders, always the same one (Fisher and Yates with splitmix64).
void mix(std::vector<std::size_t>& order, std::uint64_t number) {
  for (std::size_t i = order.size(); i > 1; --i) {
    std::uint64_t bits = number += 0x9e3779b97f4a7c15u;
    bits = (bits ^ bits >> 30) * 0xbf58476d1ce4e5b9u;
    bits = (bits ^ bits >> 27) * 0x94d049bb133111ebu;
    std::swap(order[i - 1], order[(bits ^ bits >> 31) % i]);
  }
}

// Replicas that leave so that a wanted one can come, and what that does to the services.
struct ReplicaExchange {
  std::size_t gpu = 0;
  std::vector<RunningReplica> leaving;
  ServiceAmounts needs;      // to be spared while it lasts
  std::int64_t deficit = 0;  // what services have less of afterwards
};

class Exchanging {
 public:
  Exchanging(const TransitionProblem& problem, const ExchangeManner& manner)
      : problem_(problem),
        manner_(manner),
        order_(problem.gpus.size()),
        gained_(problem.services.size(), 0),
        now_(problem.from),
        pending_(problem.gpus.size()),
        exchanges_(problem.gpus.size()),
        stale_(problem.gpus.size(), true) {
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    if (manner.order != 0) mix(order_, manner.order);
    slack_ = capacities(problem, problem.from);
    for (std::size_t s = 0; s < slack_.size(); ++s) slack_[s] -= problem.services[s].floor;
    for (std::size_t g = 0; g < problem.gpus.size(); ++g) {
      for (const RunningReplica& replica : problem.to[g]) {
        if (!holds(problem.from[g], replica)) pending_[g].push_back(replica);
      }
    }
  }

  std::optional<std::vector<Change>> run() {
    for (const std::size_t g : order_) {
      changed(g);
      come_where_free(g);
    }
    settle();
    while (still_pending()) {
      if (exchange_round()) continue;
      if (unlock()) continue;
      if (!drop_spared(false) || (!exchange_round() && !unlock())) return std::nullopt;
    }
    drop_spared(true);
    return std::move(changes_);
  }

 private:
  bool still_pending() const {
    return std::ranges::any_of(pending_, [](const auto& list) { return !list.empty(); });
  }

  bool wanted(std::size_t gpu, const RunningReplica& replica) const {
    return holds(problem_.to[gpu], replica);
  }

  bool free_for(std::size_t gpu, const mig::Instance& instance) const {
    return std::ranges::none_of(now_[gpu], [&](const RunningReplica& there) {
      return conflict(problem_.geometry(gpu), there.instance, instance);
    });
  }

  void changed(std::size_t gpu) {
    stale_[gpu] = true;
    mig::Occupancy taken;
    for (const RunningReplica& there : now_[gpu])
      taken.add(*there.instance.profile, there.instance.at);
    const mig::Geometry& geometry = problem_.geometry(gpu);
    const bool open = std::ranges::any_of(geometry.profiles, [&](const auto& profile) {
      return mig::free_starts(geometry, taken, profile) != 0;
    });
    if (open) {
      open_.insert(gpu);
    } else {
      open_.erase(gpu);
    }
  }

  void come(std::size_t gpu, const RunningReplica& replica) {
    changes_.push_back({true, gpu, replica});
    now_[gpu].push_back(replica);
    changed(gpu);
    if (replica.service != kIdle)
      (manner_.in_layers ? gained_ : slack_)[replica.service] += problem_.gives(replica);
  }

  // The round is over: what came counts.
  void settle() {
    for (std::size_t s = 0; s < slack_.size(); ++s) slack_[s] += std::exchange(gained_[s], 0);
  }

  void go(std::size_t gpu, const RunningReplica& replica) {
    changes_.push_back({false, gpu, replica});
    std::erase(now_[gpu], replica);
    changed(gpu);
    if (replica.service != kIdle) slack_[replica.service] -= problem_.gives(replica);
  }

  void come_where_free(std::size_t gpu) {
    std::vector<RunningReplica> later;
    for (const RunningReplica& replica : pending_[gpu]) {
      if (free_for(gpu, replica.instance)) {
        come(gpu, replica);
      } else {
        later.push_back(replica);
      }
    }
    pending_[gpu] = std::move(later);
  }

  ReplicaExchange exchange_for(std::size_t gpu, const RunningReplica& wish) const {
    ReplicaExchange exchange{gpu, {}, {}, 0};
    const mig::Geometry& geometry = problem_.geometry(gpu);
    std::vector<RunningReplica> left;
    for (const RunningReplica& there : now_[gpu]) {
      const bool leaves = conflict(geometry, there.instance, wish.instance);
      (leaves ? exchange.leaving : left).push_back(there);
      if (leaves) add_amount(exchange.needs, there.service, problem_.gives(there));
    }
    ServiceAmounts lost = exchange.needs;
    for (const RunningReplica& other : pending_[gpu]) {
      const bool comes = std::ranges::none_of(left, [&](const RunningReplica& there) {
        return conflict(geometry, there.instance, other.instance);
      });
      if (comes) add_amount(lost, other.service, -problem_.gives(other));
    }
    for (const auto& [service, amount] : lost)
      exchange.deficit += std::max<std::int64_t>(amount, 0);
    return exchange;
  }

  // One for all wishes that the same must leave for; worked out again only where something has
  // changed on that GPU.
  const std::vector<ReplicaExchange>& exchanges_on(std::size_t gpu) {
    if (stale_[gpu]) {
      exchanges_[gpu].clear();
      auto& exchanges = exchanges_[gpu];
      for (const RunningReplica& wish : pending_[gpu]) {
        ReplicaExchange exchange = exchange_for(gpu, wish);
        const bool known = std::ranges::find(exchanges, exchange.leaving,
                                             &ReplicaExchange::leaving) != exchanges.end();
        if (!known) exchanges.push_back(std::move(exchange));
      }
      stale_[gpu] = false;
    }
    return exchanges_[gpu];
  }

  std::int64_t short_of(const ReplicaExchange& exchange) const {
    std::int64_t missing = 0;
    for (const auto& [service, amount] : exchange.needs)
      missing += std::max<std::int64_t>(amount - slack_[service], 0);
    return missing;
  }

  void carry_out(const ReplicaExchange& cached) {
    const ReplicaExchange exchange = cached;  // the cache it may be from changes
    for (const RunningReplica& replica : exchange.leaving) go(exchange.gpu, replica);
    come_where_free(exchange.gpu);
  }

  // The exchanges that nobody loses by; where there are none, or eagerly, those that lose least.
  bool exchange_round() {
    bool any = exchange_up_to(0, false);
    if (manner_.eager) {
      any = exchange_up_to(std::numeric_limits<std::int64_t>::max(), false) || any;
    } else if (!any) {
      const auto least = least_deficit();
      any = least && exchange_up_to(*least, now_.size() <= kSmallFleet);
    }
    settle();
    return any;
  }

  std::optional<std::int64_t> least_deficit() {
    std::optional<std::int64_t> least;
    for (const std::size_t g : order_) {
      for (const ReplicaExchange& exchange : exchanges_on(g)) {
        if (short_of(exchange) == 0)
          least = std::min(least.value_or(exchange.deficit), exchange.deficit);
      }
    }
    return least;
  }

  // Those that cost no more than `deficit`; `once`: one of them.
  bool exchange_up_to(std::int64_t deficit, bool once) {
    bool any = false;
    for (const std::size_t g : order_) {
      while (const ReplicaExchange* const found = first_possible(g, deficit)) {
        carry_out(*found);
        any = true;
        if (once) return true;
      }
    }
    return any;
  }

  const ReplicaExchange* first_possible(std::size_t gpu, std::int64_t deficit) {
    for (const ReplicaExchange& exchange : exchanges_on(gpu)) {
      if (exchange.deficit <= deficit && short_of(exchange) == 0) return &exchange;
    }
    return nullptr;
  }

  // Ends replicas that the last deployment does not have, as many as can be spared: their room may
  // do for temporary ones. `all`: every one of them; nothing is pending then, so what is left gives
  // every service at least what the last deployment does.
  bool drop_spared(bool all) {
    bool any = false;
    for (std::size_t g = 0; g < now_.size(); ++g) {
      const auto there = now_[g];
      for (const RunningReplica& replica : there) {
        if (wanted(g, replica)) continue;
        const bool spared =
            replica.service == kIdle || slack_[replica.service] >= problem_.gives(replica);
        SEPTET_ASSERT(spared || !all);
        if (!spared) continue;
        go(g, replica);
        any = true;
      }
    }
    return any;
  }

  // Makes one exchange possible by temporary replicas of the services that cannot spare enough.
  bool unlock() {
    std::vector<std::tuple<std::int64_t, std::size_t, std::size_t>> tries;
    for (std::size_t g = 0; g < now_.size(); ++g) {
      const auto& exchanges = exchanges_on(g);
      for (std::size_t i = 0; i < exchanges.size(); ++i)
        tries.emplace_back(short_of(exchanges[i]), g, i);
    }
    const std::size_t tried = std::min(tries.size(), kUnlocksTried);
    std::ranges::partial_sort(tries, tries.begin() + static_cast<std::ptrdiff_t>(tried));
    tries.resize(tried);
    for (const auto& [missing, gpu, i] : tries) {
      const ReplicaExchange exchange = exchanges_on(gpu)[i];
      if (start_temporary(exchange)) {
        carry_out(exchange);
        settle();
        return true;
      }
    }
    return false;
  }

  bool start_temporary(const ReplicaExchange& exchange) {
    const std::size_t changes = changes_.size();
    for (const auto& [service, amount] : exchange.needs) {
      for (unsigned i = 0; slack_[service] < amount; ++i) {
        const auto spot = i < kMostTemporary
                              ? best_spot(exchange, service, amount - slack_[service])
                              : std::nullopt;
        if (!spot) {
          take_back(changes);
          return false;
        }
        come(spot->first, {spot->second, service});
        settle();
      }
    }
    return true;
  }

  void take_back(std::size_t changes) {
    while (changes_.size() > changes) {
      const Change change = changes_.back();
      go(change.gpu, change.replica);
      changes_.resize(changes_.size() - 2);
    }
  }

  // Where a temporary replica gives most of what is missing; of those the smallest, first where
  // nothing is to come, spare GPUs last.
  std::optional<std::pair<std::size_t, mig::Instance>> best_spot(const ReplicaExchange& exchange,
                                                                 std::size_t service,
                                                                 std::int64_t missing) const {
    std::optional<std::pair<std::size_t, mig::Instance>> best;
    std::tuple<std::int64_t, unsigned, unsigned, bool> best_rank{};
    for (const std::size_t g : open_) {
      for (const Gives& row : problem_.services[service].gives) {
        for (const mig::Instance& instance : spots(exchange, g, row)) {
          const std::tuple rank{-std::min(row.amount, missing), unsigned{row.profile->size},
                                in_the_way_of(g, instance), problem_.spare(g)};
          if (best && best_rank <= rank) continue;
          best = {g, instance};
          best_rank = rank;
        }
      }
    }
    return best;
  }

  std::vector<mig::Instance> spots(const ReplicaExchange& exchange, std::size_t gpu,
                                   const Gives& row) const {
    std::vector<mig::Instance> found;
    if (row.amount <= 0) return found;
    const mig::Geometry& geometry = problem_.geometry(gpu);
    const bool ours = std::ranges::any_of(
        geometry.profiles, [&](const auto& profile) { return &profile == row.profile; });
    if (!ours) return found;
    mig::Occupancy taken;
    for (const RunningReplica& there : now_[gpu])
      taken.add(*there.instance.profile, there.instance.at);
    const unsigned starts = mig::free_starts(geometry, taken, *row.profile);
    for (std::uint8_t start = 0; start < 16; ++start) {
      if (((starts >> start) & 1u) == 0) continue;
      const mig::Instance instance{row.profile, {start, row.profile->size}};
      // What the exchange is for must not find its room taken.
      if (gpu == exchange.gpu && in_the_way_of(gpu, instance) != 0) continue;
      found.push_back(instance);
    }
    return found;
  }

  unsigned in_the_way_of(std::size_t gpu, const mig::Instance& instance) const {
    unsigned count = 0;
    for (const RunningReplica& replica : pending_[gpu])
      count += conflict(problem_.geometry(gpu), instance, replica.instance) ? 1u : 0u;
    return count;
  }

  const TransitionProblem& problem_;
  const ExchangeManner manner_;
  std::vector<std::size_t> order_;    // of the GPUs
  std::vector<std::int64_t> gained_;  // in this round, by service
  Deployment now_;
  std::vector<std::vector<RunningReplica>> pending_;     // of the last deployment, not there yet
  std::vector<std::vector<ReplicaExchange>> exchanges_;  // by GPU, each once
  std::vector<bool> stale_;
  std::set<std::size_t> open_;       // GPUs in which something can come
  std::vector<std::int64_t> slack_;  // above the floor
  std::vector<Change> changes_;
};

}  // namespace

unsigned least_starts(const TransitionProblem& problem) {
  unsigned count = 0;
  for (std::size_t g = 0; g < problem.gpus.size(); ++g) {
    for (const RunningReplica& replica : problem.to[g])
      count += holds(problem.from[g], replica) ? 0u : 1u;
  }
  return count;
}

unsigned starts(const std::vector<Change>& changes) {
  return static_cast<unsigned>(std::ranges::count(changes, true, &Change::comes));
}

std::optional<std::vector<Change>> exchange_greedily(const TransitionProblem& problem,
                                                     const ExchangeManner& manner) {
  return Exchanging(problem, manner).run();
}

}  // namespace septet::plan
