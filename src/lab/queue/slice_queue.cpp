#include "lab/queue/slice_queue.h"

#include <fmt/format.h>

#include <algorithm>

#include "lab/queue/run_policy.h"
#include "lab/queue/stranded.h"
#include "plan/online/departures.h"

namespace septet::lab::queue {

using plan::online::Choice;
using plan::online::FleetState;

void Dispatcher::arrived(double, unsigned) {}
void Dispatcher::departed(double, Choice) {}

std::string_view to_string(Discipline discipline) {
  switch (discipline) {
    case Discipline::kFifo: return "fifo";
    case Discipline::kBackfill: return "backfill";
    case Discipline::kSmallestFirst: return "smallest-first";
    case Discipline::kFill: return "fill";
  }
  return "";
}

namespace {

class Ordered : public Dispatcher {
 public:
  Ordered(Discipline discipline, std::unique_ptr<plan::online::Policy> policy,
          const FleetState& state, std::span<const SliceJob> jobs)
      : discipline_(discipline), policy_(std::move(policy)), state_(state), jobs_(jobs) {}

  void dispatch(std::span<const std::uint32_t> waiting,
                const std::function<void(Started)>& start) override {
    std::vector<std::uint32_t> order(waiting.begin(), waiting.end());
    if (discipline_ == Discipline::kSmallestFirst) {
      std::ranges::stable_sort(order, {}, [&](std::uint32_t job) {
        return state_.pools().front().shape->class_units(jobs_[job].request);
      });
    }
    std::vector<bool> full(state_.request_classes(), false);  // nothing of this class fits now
    for (const std::uint32_t job : order) {
      const unsigned request = jobs_[job].request;
      if (full[request]) continue;
      const auto choice = policy_->choose(request);
      if (choice) {
        start({job, *choice});
      } else if (discipline_ == Discipline::kFifo) {
        break;
      } else {
        full[request] = true;
      }
    }
  }

  void arrived(double now, unsigned request) override { policy_->arrived(now, request); }
  void departed(double now, Choice from) override { policy_->departed(now, from); }

 private:
  Discipline discipline_;
  std::unique_ptr<plan::online::Policy> policy_;
  const FleetState& state_;
  std::span<const SliceJob> jobs_;
};

// The window's integrals.
class Meter {
 public:
  Meter(const SliceWorld& world, const FleetState& state)
      : world_(world), state_(state), stranded_(*world.pool.shape) {}

  void pass(double from, double to, std::size_t waiting) {
    from = std::max(from, world_.measure_from);
    to = std::min(to, world_.jobs.empty() ? 0 : world_.jobs.back().arrives);
    if (to <= from) return;
    const double seconds = to - from;
    double slices = 0, stranded = 0;
    for (plan::online::Group group = 0; group < state_.groups(); ++group) {
      const auto gpus = static_cast<double>(state_.members(group).size());
      if (gpus == 0) continue;
      slices += gpus * stranded_.used(state_.layout_of_group(group));
      stranded += gpus * stranded_.share(state_.layout_of_group(group));
    }
    const double gpus = state_.gpus();
    slices_ += seconds * slices / (gpus * world_.pool.shape->geometry().slices);
    units_ +=
        seconds * static_cast<double>(state_.taken_units()) / static_cast<double>(state_.units());
    stranded_seconds_ += seconds * stranded / gpus;
    if (waiting > 0) backlogged_ += seconds;
    window_ += seconds;
  }

  void report(SliceOutcome& outcome) const {
    if (window_ <= 0) return;
    outcome.slices_used = slices_ / window_;
    outcome.units_used = units_ / window_;
    outcome.stranded = stranded_seconds_ / window_;
    outcome.backlogged = backlogged_ / window_;
  }

 private:
  const SliceWorld& world_;
  const FleetState& state_;
  Stranded stranded_;
  double slices_ = 0, units_ = 0, stranded_seconds_ = 0, backlogged_ = 0, window_ = 0;
};

void sum_up_waits(const SliceWorld& world, SliceOutcome& outcome) {
  std::vector<double> waits;
  std::vector<double> counts(world.pool.shape->classes(), 0);
  outcome.mean_wait_of.assign(counts.size(), 0);
  for (const SliceRun& run : outcome.runs) {
    const SliceJob& job = world.jobs[run.job];
    waits.push_back(run.begins - job.arrives);
    outcome.mean_wait += waits.back();
    outcome.mean_wait_of[job.request] += waits.back();
    ++counts[job.request];
    outcome.makespan = std::max(outcome.makespan, run.until);
  }
  if (waits.empty()) return;
  outcome.mean_wait /= static_cast<double>(waits.size());
  for (std::size_t c = 0; c < counts.size(); ++c)
    if (counts[c] > 0) outcome.mean_wait_of[c] /= counts[c];
  outcome.p95_wait = quantile(waits, 0.95);
  outcome.p99_wait = quantile(waits, 0.99);
  outcome.worst_wait = quantile(waits, 1);
}

class Run {
 public:
  Run(const SliceWorld& world, const MakeDispatcher& make)
      : world_(world),
        state_({world.pool}),
        dispatcher_(make(state_, world.jobs)),
        meter_(world, state_) {}

  Result<SliceOutcome> go() {
    std::size_t next = 0;
    while (next < world_.jobs.size() || !departures_.empty()) {
      double at = departures_.empty() ? world_.jobs[next].arrives : departures_.next().time;
      if (next < world_.jobs.size()) at = std::min(at, world_.jobs[next].arrives);
      meter_.pass(now_, at, waiting_.size());
      now_ = at;
      while (!departures_.empty() && departures_.next().time <= now_) leave();
      for (; next < world_.jobs.size() && world_.jobs[next].arrives <= now_; ++next) {
        dispatcher_->arrived(now_, world_.jobs[next].request);
        waiting_.push_back(static_cast<std::uint32_t>(next));
      }
      dispatch();
      outcome_.samples.push_back({now_, static_cast<std::uint32_t>(waiting_.size()),
                                  static_cast<std::uint32_t>(departures_.size())});
    }
    if (!waiting_.empty()) {
      const unsigned request = world_.jobs[waiting_.front()].request;
      return fail(Code::kInvalidArgument,
                  fmt::format("{} jobs never start; the first asks for {}", waiting_.size(),
                              world_.pool.shape->profile(request).name),
                  "this policy keeps no room for them; name another");
    }
    meter_.report(outcome_);
    sum_up_waits(world_, outcome_);
    return std::move(outcome_);
  }

 private:
  void leave() {
    const SliceRun& run = outcome_.runs[departures_.pop().job];
    dispatcher_->departed(now_, run.at);
    state_.release(run.at);
  }

  void dispatch() {
    const std::vector<std::uint32_t> waiting = waiting_;
    dispatcher_->dispatch(waiting, [&](Started started) {
      state_.place(started.at, started.job);
      std::erase(waiting_, started.job);
      const double begins = now_ + world_.create;
      const double until = begins + world_.jobs[started.job].seconds + world_.destroy;
      departures_.push({until, static_cast<std::uint32_t>(outcome_.runs.size())});
      outcome_.runs.push_back({started.job, started.at, now_, begins, until});
    });
  }

  const SliceWorld& world_;
  FleetState state_;
  std::unique_ptr<Dispatcher> dispatcher_;
  Meter meter_;
  plan::online::Departures departures_;  // by number of the run
  std::vector<std::uint32_t> waiting_;
  double now_ = 0;
  SliceOutcome outcome_;
};

}  // namespace

MakeDispatcher ordered(Discipline discipline, const MakePolicy& policy) {
  return [discipline, policy](FleetState& state, std::span<const SliceJob> jobs) {
    return std::make_unique<Ordered>(discipline, policy(state), state, jobs);
  };
}

Result<SliceOutcome> run_slice_queue(const SliceWorld& world, const MakeDispatcher& make) {
  for (const SliceJob& job : world.jobs) {
    if (job.request >= world.pool.shape->classes() || world.pool.gpus == 0)
      return fail(Code::kInvalidArgument, "a job fits on no GPU", "give it a profile of the GPU");
  }
  return Run(world, make).go();
}

}  // namespace septet::lab::queue
