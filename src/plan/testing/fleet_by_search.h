// plan/testing/fleet_by_search.h — small fleets solved by trying everything: every filling of every
// GPU, and every way to give its slots to replicas.
//
// Shares with the planner what fills a GPU, and nothing else.
#pragma once

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "plan/fleet/price_bound.h"

namespace septet::plan::testing {

class FleetBySearch {
 public:
  struct Best {
    std::vector<std::uint64_t> carried;  // by class, highest first
    std::int64_t cost = 0;
  };

  // By demand its class, 0 the highest.
  FleetBySearch(const Fleet& fleet, std::vector<std::size_t> class_of_demand)
      : fleet_(fleet), fillings_(fillings_of(fleet)), class_of_demand_(std::move(class_of_demand)) {
    for (std::size_t p = 0; p < fleet.pools.size(); ++p) useful_.push_back(useful(p));
    for (const FleetDemand& demand : fleet.demands) {
      auto& products = takes_.emplace_back();
      for (std::size_t p = 0; p < fillings_.classes.size(); ++p) {
        auto& classes = products.emplace_back();
        for (std::size_t c = 0; c < fillings_.classes[p].size(); ++c)
          classes.push_back(takes(demand, p, c));
      }
    }
    carried_.assign(*std::ranges::max_element(class_of_demand_) + 1, 0);
  }

  // Most of the highest class, then of the next, ...; then the least cost.
  Best best() {
    pool(0, 0, 0);
    return *best_;
  }

 private:
  std::set<ClassCount> useful(std::size_t p) const {
    const Pool& pool = fleet_.pools[p];
    std::set<ClassCount> found{ClassCount(fillings_.classes[pool.product].size(), 0)};
    for (const Filling& filling : fillings_.pools[p]) {
      ClassCount slots = filling.added;
      for (std::size_t c = 0; c < slots.size(); ++c) {
        const bool wanted = std::ranges::any_of(fleet_.demands, [&](const FleetDemand& demand) {
          return takes(demand, pool.product, c);
        });
        if (!wanted) slots[c] = 0;
      }
      found.insert(std::move(slots));
    }
    std::erase_if(found, [&found](const ClassCount& slots) {
      const bool some = std::ranges::any_of(slots, [](auto count) { return count > 0; });
      return some && std::ranges::any_of(found, [&slots](const ClassCount& other) {
               return other != slots &&
                      std::ranges::equal(other, slots, std::ranges::greater_equal{});
             });
    });
    return found;
  }

  bool takes(const FleetDemand& demand, std::size_t product, std::size_t c) const {
    return std::ranges::any_of(demand.choices, [&](const FleetChoice& choice) {
      return choice.product == product && class_of(fillings_.classes[product], choice.profile) == c;
    });
  }

  struct Gpu {
    std::size_t pool = 0;
    ClassCount slots;
    std::set<std::size_t> carries;
  };

  // Fillings of a pool in ascending order: its GPUs are alike.
  void pool(std::size_t p, std::uint64_t used, std::size_t first) {
    if (p == fleet_.pools.size()) return hand_out(0, 0, 0);
    if (used == fleet_.pools[p].gpus) return pool(p + 1, 0, 0);
    std::size_t number = 0;
    for (const ClassCount& slots : useful_[p]) {
      if (number++ < first) continue;
      gpus_.push_back({p, slots, {}});
      pool(p, used + 1, number - 1);
      gpus_.pop_back();
    }
  }

  // Could it still be better than the best if all the others found a place for nothing?
  bool may_be_better(std::size_t demand, unsigned done) const {
    if (!best_) return true;
    auto hoped = carried_;
    for (std::size_t d = demand; d < fleet_.demands.size(); ++d) {
      const std::uint64_t left = fleet_.demands[d].workload.replicas - (d == demand ? done : 0);
      hoped[class_of_demand_[d]] += std::min(left, room_for(d));
    }
    return std::pair(hoped, -cost()) > std::pair(best_->carried, -best_->cost);
  }

  // Slots for it, as if nobody else wanted them.
  std::uint64_t room_for(std::size_t demand) const {
    std::uint64_t room = 0;
    for (const Gpu& gpu : gpus_) {
      std::uint64_t here = 0;
      for (std::size_t c = 0; c < gpu.slots.size(); ++c)
        here += takes_[demand][fleet_.pools[gpu.pool].product][c] ? gpu.slots[c] : 0;
      const bool apart = fleet_.demands[demand].workload.apart;
      if (apart && gpu.carries.contains(demand)) here = 0;
      room += apart ? std::min<std::uint64_t>(here, 1) : here;
    }
    return room;
  }

  std::int64_t cost() const {
    std::int64_t cost = 0;
    for (const Gpu& gpu : gpus_) cost += gpu.carries.empty() ? 0 : fleet_.pools[gpu.pool].cost;
    return cost;
  }

  // From GPU `from` on, since the replicas of a demand are alike.
  void hand_out(std::size_t demand, unsigned done, std::size_t from) {
    if (demand == fleet_.demands.size()) return compare();
    const FleetDemand& wanted = fleet_.demands[demand];
    if (!may_be_better(demand, done)) return;
    for (std::size_t g = from; g < gpus_.size() && done < wanted.workload.replicas; ++g) {
      if (wanted.workload.apart && gpus_[g].carries.contains(demand)) continue;
      for (std::size_t c = 0; c < gpus_[g].slots.size(); ++c) {
        if (gpus_[g].slots[c] == 0 || !takes_[demand][fleet_.pools[gpus_[g].pool].product][c])
          continue;
        const auto before = gpus_[g].carries;
        --gpus_[g].slots[c];
        gpus_[g].carries.insert(demand);
        ++carried_[class_of_demand_[demand]];
        hand_out(demand, done + 1, g);
        --carried_[class_of_demand_[demand]];
        gpus_[g].carries = before;
        ++gpus_[g].slots[c];
      }
    }
    hand_out(demand + 1, 0, 0);
  }

  void compare() {
    if (best_ && std::pair(best_->carried, -best_->cost) >= std::pair(carried_, -cost())) return;
    best_ = {carried_, cost()};
  }

  const Fleet& fleet_;
  const FleetFillings fillings_;
  const std::vector<std::size_t> class_of_demand_;
  std::vector<std::set<ClassCount>> useful_;           // by pool; also the filling of nothing
  std::vector<std::vector<std::vector<bool>>> takes_;  // by demand, product, class
  std::vector<Gpu> gpus_;
  std::vector<std::uint64_t> carried_;
  std::optional<Best> best_;
};

}  // namespace septet::plan::testing
