#include "plan/online/traffic_learner.h"

#include <cmath>

namespace septet::plan::online {

TrafficLearner::TrafficLearner(const FleetState& state) : state_(state) {
  before_.of.assign(state.request_classes(), 0);
  stretch_.of.assign(state.request_classes(), 0);
  for (const Pool& pool : state.pools()) running_.emplace_back(pool.shape->classes());
}

double TrafficLearner::Counted::all() const {
  double sum = 0;
  for (const double count : of) sum += count;
  return sum;
}

void TrafficLearner::arrived(double now, unsigned request) {
  now_ = now;
  ++seen_;
  stretch_.of[request] += 1;
  stretch_.until = now;
}

void TrafficLearner::placed(double now, unsigned pool, unsigned cls) {
  Running& jobs = running_[pool][cls];
  jobs.jobs += 1;
  jobs.time -= now;
}

void TrafficLearner::released(double now, unsigned pool, unsigned cls) {
  now_ = now;
  Running& jobs = running_[pool][cls];
  jobs.jobs -= 1;
  jobs.time += now;
}

void TrafficLearner::departed(unsigned pool, unsigned cls) {
  ++left_;
  running_[pool][cls].gone += 1;
}

// Five standard deviations, of the time a stretch takes and of the share of any class in it.
bool TrafficLearner::differ(const Counted& before, const Counted& now) {
  constexpr double kDeviations = 5;
  const double old_count = before.all();
  const double new_count = now.all();
  if (old_count < 100 || new_count < 100) return false;
  const double old_gap = (before.until - before.since) / old_count;
  const double new_gap = (now.until - now.since) / new_count;
  const double error = std::sqrt(1 / old_count + 1 / new_count);
  if (std::abs(std::log(new_gap / old_gap)) > kDeviations * error) return true;
  for (std::size_t r = 0; r < before.of.size(); ++r) {
    const double share = (before.of[r] + now.of[r]) / (old_count + new_count);
    const double off = std::abs(before.of[r] / old_count - now.of[r] / new_count);
    if (off > kDeviations * error * std::sqrt(share * (1 - share))) return true;
  }
  return false;
}

bool TrafficLearner::changed() {
  const bool differs = differ(before_, stretch_);
  if (differs || before_.all() == 0) {
    before_ = stretch_;
  } else {
    before_.until = stretch_.until;
    for (std::size_t r = 0; r < before_.of.size(); ++r) before_.of[r] += stretch_.of[r];
  }
  stretch_.since = stretch_.until;
  stretch_.of.assign(before_.of.size(), 0);
  if (differs) {  // lives may have changed too: what is gone counts a tenth from here on
    for (auto& pool : running_) {
      for (Running& jobs : pool) {
        const double ran = jobs.time + jobs.jobs * now_;
        jobs.gone *= 0.1;
        jobs.time = ran * 0.1 - jobs.jobs * now_;
      }
    }
  }
  return differs;
}

Traffic TrafficLearner::traffic() const {
  Traffic traffic;
  const double span = stretch_.until - before_.since;
  for (std::size_t r = 0; r < before_.of.size(); ++r) {
    // Half a request more than was seen: a class that never came is rare, not impossible.
    traffic.rate.push_back((before_.of[r] + stretch_.of[r] + 0.5) / (span > 0 ? span : 1));
  }
  double gone = 0;
  double ran = 0;
  for (const auto& pool : running_) {
    for (const Running& jobs : pool) {
      gone += jobs.gone;
      ran += jobs.time + jobs.jobs * now_;
    }
  }
  const bool known = gone >= 1 && ran > 0;
  const double overall = known ? gone / ran : 1;
  constexpr double kPrior = 20;  // departures that a class borrows from all
  for (const auto& pool : running_) {
    traffic.leave.emplace_back();
    for (const Running& jobs : pool) {
      const double time = jobs.time + jobs.jobs * now_;
      traffic.leave.back().push_back((jobs.gone + kPrior) / (time + kPrior / overall));
    }
  }
  if (!known) {
    for (auto& pool : traffic.leave) pool.assign(pool.size(), 1);
    const double load = offered_load(state_.pools(), traffic);
    for (auto& pool : traffic.leave) pool.assign(pool.size(), load);
  }
  return traffic;
}

}  // namespace septet::plan::online
