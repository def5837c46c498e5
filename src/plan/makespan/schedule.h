// plan/makespan/schedule.h — which job runs when, in which instance, and when the driver is called.
//
// Units.  Ticks from the moment the first call may be made.
#pragma once

#include <optional>

#include "plan/makespan/problem.h"

namespace septet::plan {

struct TicksSpan {
  Ticks begin = 0, end = 0;
  friend bool operator==(const TicksSpan&, const TicksSpan&) = default;
};

struct JobRun {
  unsigned job = 0;
  TicksSpan when;
};

struct InstanceRun {
  mig::Instance instance;
  TicksSpan created;
  std::vector<JobRun> jobs;            // longest first
  std::optional<TicksSpan> destroyed;  // nullopt: it may stay
};

struct MakespanSchedule {
  Ticks makespan = 0;
  std::vector<InstanceRun> instances;  // in the order they are created
  bool order_proven = false;           // no other order of driver calls is shorter for these places
};

MakespanSchedule schedule_of(const MakespanProblem& problem, const Assignment& assignment);

}  // namespace septet::plan
