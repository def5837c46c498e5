// plan/online/traffic_learner.h — what comes and how long it stays, as observed so far.
//
// Arrivals are counted by class. 1 / mean life is departures over time spent running, which is
// right for jobs still running too (and, over long times, for lives of any distribution). When the
// last stretch of arrivals differs from the ones before by more than chance allows, the ones
// before are forgotten.
#pragma once

#include <vector>

#include "plan/online/room_value.h"

namespace septet::plan::online {

class TrafficLearner {
 public:
  explicit TrafficLearner(const FleetState& state);

  void arrived(double now, unsigned request);
  void placed(double now, unsigned pool, unsigned cls);
  // Off its place: it left (departed says so, once) or was moved (placed says so too).
  void released(double now, unsigned pool, unsigned cls);
  void departed(unsigned pool, unsigned cls);

  std::uint64_t arrivals() const { return seen_; }  // since the start
  std::uint64_t departures() const { return left_; }
  // Before anyone has left, mean life is taken to be what makes the offered load 1.
  Traffic traffic() const;

  // At the end of a stretch: did it differ from what was counted before it? Then those are dropped.
  bool changed();

 private:
  struct Running {                        // jobs of one pool and class
    double jobs = 0, time = 0, gone = 0;  // time: of those gone, less the starts of those running
  };
  struct Counted {
    double since = 0, until = 0;
    std::vector<double> of;  // by request class
    double all() const;
  };
  static bool differ(const Counted& before, const Counted& now);

  const FleetState& state_;
  std::uint64_t seen_ = 0, left_ = 0;
  double now_ = 0;
  Counted before_, stretch_;
  std::vector<std::vector<Running>> running_;
};

}  // namespace septet::plan::online
