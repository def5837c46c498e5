// plan/testing/check_makespan.h — is a schedule of jobs on one GPU legal? Empty when it is.
//
// By other code than the planner's: every moment through mig::Layout::make, every time from the
// jobs as given.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "plan/makespan/schedule.h"

namespace septet::plan::testing {

class MakespanCheck {
 public:
  MakespanCheck(const mig::Geometry& geometry, const std::vector<MoldableJob>& jobs,
                const CallCosts& costs, const MakespanSchedule& schedule)
      : geometry_(geometry), jobs_(jobs), costs_(costs), schedule_(schedule) {}

  std::string complaint() {
    for (const InstanceRun& run : schedule_.instances) check_instance(run);
    check_calls();
    check_layouts();
    if (seen_.size() != jobs_.size()) complain("a job is missing");
    if (last_ != schedule_.makespan) complain("the makespan is not the last end");
    return complaint_;
  }

 private:
  void complain(const std::string& what) { complaint_ += what + "; "; }

  CallTicks cost(const InstanceRun& run) const {
    const auto found = costs_.find(run.instance.profile);
    return found == costs_.end() ? CallTicks{} : found->second;
  }

  void check_instance(const InstanceRun& run) {
    const CallTicks ticks = cost(run);
    if (run.jobs.empty()) complain("an instance without jobs");
    if (run.created.end - run.created.begin != ticks.create) complain("a create of another length");
    calls_.push_back(run.created);
    Ticks free = run.created.end;
    for (const JobRun& job : run.jobs) {
      const auto takes = jobs_[job.job].takes.find(run.instance.profile);
      if (takes == jobs_[job.job].takes.end()) {
        complain("a job where it does not run");
      } else if (job.when.end - job.when.begin != takes->second) {
        complain("a job of another length");
      }
      if (job.when.begin < free) complain("a job before the instance is free");
      if (!seen_.insert(job.job).second) complain("a job twice");
      free = job.when.end;
      last_ = std::max(last_, free);
    }
    if (!run.destroyed) return;
    if (run.destroyed->begin < free) complain("destroyed in the middle of a job");
    if (run.destroyed->end - run.destroyed->begin != ticks.destroy)
      complain("a destroy of another length");
    calls_.push_back(*run.destroyed);
  }

  void check_calls() {
    std::ranges::sort(calls_, {}, [](TicksSpan call) { return std::pair(call.begin, call.end); });
    for (std::size_t i = 1; i < calls_.size(); ++i) {
      if (calls_[i].begin < calls_[i - 1].end) complain("two driver calls at once");
    }
  }

  // Whenever a create begins, what is there and it must be a legal layout; likewise what ends at
  // that very moment is gone.
  void check_layouts() {
    for (std::size_t i = 0; i < schedule_.instances.size(); ++i) {
      std::vector<mig::Instance> there{schedule_.instances[i].instance};
      const Ticks now = schedule_.instances[i].created.begin;
      for (std::size_t j = 0; j < schedule_.instances.size(); ++j) {
        const InstanceRun& other = schedule_.instances[j];
        const bool before = other.created.begin < now || (other.created.begin == now && j < i);
        const bool gone = other.destroyed && other.destroyed->end <= now;
        if (j != i && before && !gone) there.push_back(other.instance);
      }
      const auto layout = mig::Layout::make(geometry_, there);
      if (!layout) complain("an illegal layout: " + layout.error().what);
    }
  }

  const mig::Geometry& geometry_;
  const std::vector<MoldableJob>& jobs_;
  const CallCosts& costs_;
  const MakespanSchedule& schedule_;
  std::vector<TicksSpan> calls_;
  std::set<unsigned> seen_;
  Ticks last_ = 0;
  std::string complaint_;
};

inline std::string check_makespan(const mig::Geometry& geometry,
                                  const std::vector<MoldableJob>& jobs, const CallCosts& costs,
                                  const MakespanSchedule& schedule) {
  return MakespanCheck(geometry, jobs, costs, schedule).complaint();
}

}  // namespace septet::plan::testing
