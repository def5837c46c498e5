// plan/testing/brute_chain.h — the shortest chain of moves of a few GPUs, by trying everything:
// every tuple of layouts that uses as few GPUs and moves as little, and for each every order.
#pragma once

#include <algorithm>
#include <bit>
#include <limits>
#include <map>
#include <set>
#include <vector>

#include "plan/testing/brute_compaction.h"

namespace septet::plan::testing {

class BruteChain {
 public:
  static constexpr unsigned kNever =
      std::numeric_limits<unsigned>::max();  // without stepping aside

  BruteChain(const mig::Geometry& geometry, const std::vector<mig::Layout>& layouts)
      : geometry_(geometry) {
    for (const mig::Layout& layout : layouts)
      by_counts_[counts(layout.instances())].push_back(&layout);
  }

  unsigned shortest(const std::vector<BruteGpu>& fleet, const BruteAnswer& least) {
    fleet_ = &fleet;
    least_ = least;
    best_ = kNever;
    Counts left(geometry_.profiles.size(), 0);
    for (const BruteGpu& gpu : fleet) {
      for (const auto* part : {&gpu.stays, &gpu.may_move}) {
        for (const mig::Instance& one : *part) ++left[row(one)];
      }
    }
    targets_.clear();
    from(left, {});
    return best_;
  }

  // Of one way alone: each GPU ends as `after` says.
  unsigned shortest_to(const std::vector<BruteGpu>& fleet, const std::vector<mig::Layout>& after) {
    fleet_ = &fleet;
    targets_.clear();
    for (const mig::Layout& layout : after) targets_.push_back(&layout);
    return chain();
  }

 private:
  using Counts = std::vector<int>;
  struct Seat {
    std::size_t gpu = 0;
    mig::Instance instance;
  };

  std::size_t row(const mig::Instance& one) const {
    return static_cast<std::size_t>(one.profile - geometry_.profiles.data());
  }
  Counts counts(const std::vector<mig::Instance>& instances) const {
    Counts found(geometry_.profiles.size(), 0);
    for (const mig::Instance& one : instances) ++found[row(one)];
    return found;
  }
  static bool holds(const std::vector<mig::Instance>& all, const mig::Instance& one) {
    return std::ranges::find(all, one) != all.end();
  }

  void from(const Counts& left, BruteAnswer so_far) {
    if (targets_.size() + 1 == fleet_->size()) {
      const auto last = by_counts_.find(left);
      if (last != by_counts_.end()) try_all(last->second, left, so_far);
      return;
    }
    for (const auto& [counted, layouts] : by_counts_) {
      Counts rest = left;
      for (std::size_t c = 0; c < rest.size(); ++c) rest[c] -= counted[c];
      if (std::ranges::all_of(rest, [](int count) { return count >= 0; }))
        try_all(layouts, rest, so_far);
    }
  }

  void try_all(const std::vector<const mig::Layout*>& layouts, const Counts& rest,
               BruteAnswer so_far) {
    const BruteGpu& gpu = (*fleet_)[targets_.size()];
    for (const mig::Layout* const layout : layouts) {
      BruteAnswer with = so_far;
      with.used += layout->instances().empty() ? 0 : 1;
      for (const mig::Instance& one : gpu.may_move)
        with.moved += holds(layout->instances(), one) ? 0 : one.at.size;
      const bool stay = std::ranges::all_of(
          gpu.stays, [&](const mig::Instance& one) { return holds(layout->instances(), one); });
      if (!stay || with.used > least_.used || with.moved > least_.moved) continue;
      targets_.push_back(layout);
      if (targets_.size() < fleet_->size()) from(rest, with);
      if (targets_.size() == fleet_->size() && with == least_) best_ = std::min(best_, chain());
      targets_.pop_back();
    }
  }

  bool blocks(const Seat& leaving, const Seat& arriving) const {
    if (leaving.gpu != arriving.gpu) return false;
    mig::Occupancy taken;
    taken.add(*leaving.instance.profile, leaving.instance.at);
    return mig::may_add(geometry_, taken, *arriving.instance.profile, arriving.instance.at) !=
           mig::Refusal::kNone;
  }

  void read_seats() {
    leaving_.clear();
    arriving_.clear();
    blocked_by_.clear();
    for (std::size_t g = 0; g < fleet_->size(); ++g) {
      const BruteGpu& gpu = (*fleet_)[g];
      const auto& target = targets_[g]->instances();
      for (const mig::Instance& one : gpu.may_move) {
        if (!holds(target, one)) leaving_.push_back({g, one});
      }
      for (const mig::Instance& one : target) {
        if (!holds(gpu.stays, one) && !holds(gpu.may_move, one)) arriving_.push_back({g, one});
      }
    }
    for (const Seat& seat : arriving_) {
      unsigned mask = 0;
      for (std::size_t i = 0; i < leaving_.size(); ++i)
        mask |= blocks(leaving_[i], seat) ? 1u << i : 0u;
      blocked_by_.push_back(mask);
    }
  }

  // By waves over which of those in the way have gone.
  unsigned chain() {
    read_seats();
    if (leaving_.empty()) return 0;
    unsigned blockers = 0;
    for (const unsigned mask : blocked_by_) blockers |= mask;
    std::set<unsigned> now{0}, seen{0};
    for (unsigned wave = 1; !now.empty(); ++wave) {
      if (now.contains(blockers)) return wave;
      std::set<unsigned> next;
      for (const unsigned gone : now) {
        const unsigned there = blockers & ~gone;
        for (unsigned going = there; going != 0; going = (going - 1) & there) {
          if (room(gone, going) && seen.insert(gone | going).second) next.insert(gone | going);
        }
      }
      now = std::move(next);
    }
    return kNever;
  }

  // Everybody who has gone or goes has a place that is free once `gone` have gone.
  bool room(unsigned gone, unsigned going) const {
    Counts free(geometry_.profiles.size(), 0);
    for (std::size_t a = 0; a < arriving_.size(); ++a) {
      if ((blocked_by_[a] & ~gone) == 0) ++free[row(arriving_[a].instance)];
    }
    for (std::size_t i = 0; i < leaving_.size(); ++i) {
      if (((gone | going) >> i & 1u) != 0) --free[row(leaving_[i].instance)];
    }
    return std::ranges::all_of(free, [](int count) { return count >= 0; });
  }

  const mig::Geometry& geometry_;
  std::map<Counts, std::vector<const mig::Layout*>> by_counts_;
  const std::vector<BruteGpu>* fleet_ = nullptr;
  BruteAnswer least_;
  unsigned best_ = kNever;
  std::vector<const mig::Layout*> targets_;
  std::vector<Seat> leaving_, arriving_;
  std::vector<unsigned> blocked_by_;
};

}  // namespace septet::plan::testing
