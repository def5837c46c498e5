// plan/testing/makespan_brute_force.h — the shortest makespan by trying everything there is.
//
// Knows nothing of trees of places: instances are any legal (profile, start), jobs are put into
// groups, each group on an instance of its own (one place may be used again and again), and driver
// calls are made in every order that is legal. For two to five jobs.
#pragma once

#include <algorithm>
#include <numeric>

#include "plan/makespan/problem.h"

namespace septet::plan::testing {

class MakespanBruteForce {
 public:
  // `only_splitting`: an instance is never made where a smaller one, or itself, was before.
  MakespanBruteForce(const mig::Geometry& geometry, const std::vector<MoldableJob>& jobs,
                     const CallCosts& costs, bool only_splitting, Ticks below)
      : jobs_(jobs), costs_(costs), only_splitting_(only_splitting), best_(below) {
    for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
      if (profile.media != mig::Media::kPlain || profile.graphics) continue;
      for (std::uint8_t start = 0; start < 16; ++start) {
        const mig::Placement at{start, profile.size};
        if (profile.allows(at)) options_.push_back({&profile, at});
      }
    }
  }

  Ticks run() {
    group(0);
    return best_;
  }

 private:
  struct Group {
    mig::Instance instance;
    Ticks takes = 0;
    Ticks end = 0;
    enum { kWaits, kLives, kGone } state = kWaits;
  };

  Ticks takes(std::size_t job, const mig::Instance& instance) const {
    const auto found = jobs_[job].takes.find(instance.profile);
    return found == jobs_[job].takes.end() ? kNever : found->second;
  }
  CallTicks cost(const Group& group) const {
    const auto found = costs_.find(group.instance.profile);
    return found == costs_.end() ? CallTicks{} : found->second;
  }

  void group(std::size_t job) {
    if (job == jobs_.size()) {
      call(0, 0, 0);
      return;
    }
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      const Ticks more = takes(job, groups_[i].instance);
      if (more == kNever || groups_[i].takes + more >= best_) continue;
      groups_[i].takes += more;
      group(job + 1);
      groups_[i].takes -= more;
    }
    for (const mig::Instance& instance : options_) {
      const Ticks alone = takes(job, instance);
      if (alone >= best_) continue;
      groups_.push_back({instance, alone});
      group(job + 1);
      groups_.pop_back();
    }
  }

  bool may_create(const Group& next) const {
    for (const Group& other : groups_) {
      if (!other.instance.at.overlaps(next.instance.at)) continue;
      if (other.state == Group::kLives) return false;
      if (other.state == Group::kWaits || !only_splitting_) continue;
      const auto& before = other.instance;
      const bool larger = before.at.size > next.instance.at.size ||
                          (before.at.size == next.instance.at.size &&
                           before.profile->slices > next.instance.profile->slices);
      if (!larger) return false;
    }
    return true;
  }

  void call(std::size_t created, Ticks now, Ticks last) {
    if (last >= best_) return;
    if (created == groups_.size()) {
      best_ = last;
      return;
    }
    for (std::size_t i = 0; i < groups_.size(); ++i) {  // recursion leaves groups_ as it was
      const Group before = groups_[i];
      if (before.state == Group::kWaits && may_create(before)) {
        const Ticks made = now + cost(before).create;
        groups_[i].state = Group::kLives;
        groups_[i].end = made + before.takes;
        call(created + 1, made, std::max(last, groups_[i].end));
      } else if (before.state == Group::kLives) {
        groups_[i].state = Group::kGone;
        call(created, std::max(now, before.end) + cost(before).destroy, last);
      }
      groups_[i] = before;
    }
  }

  const std::vector<MoldableJob>& jobs_;
  const CallCosts& costs_;
  bool only_splitting_;
  std::vector<mig::Instance> options_;
  std::vector<Group> groups_;
  Ticks best_;
};

// `below` when nothing is shorter than that.
inline Ticks brute_force_makespan(const mig::Geometry& geometry,
                                  const std::vector<MoldableJob>& jobs, const CallCosts& costs,
                                  bool only_splitting, Ticks below) {
  return MakespanBruteForce(geometry, jobs, costs, only_splitting, below).run();
}

}  // namespace septet::plan::testing
