// plan/makespan/call_order.h — jobs have their places: in which order does the driver make and
// remove the instances?
//
// Model.  The GPU begins empty. An instance is created once, runs its jobs one after the other, and
//         is destroyed when a smaller one is to be made inside it; it may stay at the end. Create
//         and destroy calls on one GPU follow each other; jobs run meanwhile. FAR counts the same
//         way (one driver queue; the last destroys are not waited for).
// Method. The call with the longest rest behind it first (Jackson's rule), waiting for nothing;
// then
//         branch and bound over all orders, within a budget of steps.
#pragma once

#include "plan/makespan/problem.h"

namespace septet::plan {

struct CallOrder {
  struct Call {
    unsigned place = 0;
    bool destroys = false;
    Ticks begin = 0;
  };
  Ticks makespan = 0;
  std::vector<Call> calls;
  bool proven = false;  // no other order is shorter
};

// By Jackson's rule alone: what it takes, or more.
Ticks makespan_by_rule(const MakespanProblem& problem, const std::vector<Ticks>& loads);
// No order for these loads is shorter than that.
Ticks makespan_at_least(const MakespanProblem& problem, const std::vector<Ticks>& loads);
CallOrder best_call_order(const MakespanProblem& problem, const std::vector<Ticks>& loads);

}  // namespace septet::plan
