// plan/online/policy.h — where does a request go, now, without knowing the future?
//
// A policy is tied to one FleetState, which it watches but never changes: the caller places what
// was chosen. It is told of time only through `arrived` and `departed`, so that it may learn.
// Deterministic: randomness is a value it was made with.
#pragma once

#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "plan/online/fleet_state.h"

namespace septet::plan::online {

class Policy {
 public:
  virtual ~Policy() = default;
  Policy() = default;
  Policy(const Policy&) = delete;
  Policy& operator=(const Policy&) = delete;

  // nullopt: refused. The choice is free in the state as it is now.
  virtual std::optional<Choice> choose(unsigned request) = 0;

  // A request came at `now`; before `choose`. For those that learn.
  virtual void arrived(double now, unsigned request) {
    static_cast<void>(now), static_cast<void>(request);
  }
  // A job left at `now` from where it was; before the state's release.
  virtual void departed(double now, Choice from) {
    static_cast<void>(now), static_cast<void>(from);
  }
};

// What a policy may be told beforehand. Ours uses neither share nor load; FGD is defined by the
// share of each request class, and the best mixed static layout is an oracle that knows everything.
struct Known {
  std::vector<double> share;  // of each request class, sums to 1
  double load = 1.0;          // offered memory units over those of the fleet
  std::uint64_t seed = 1;
  double move_share = 0;  // moves per accepted request that will be made; ours alone uses it
};

struct PolicyRow {
  std::string_view name;   // as typed
  std::string_view label;  // what it is and where it is from, one line
  std::unique_ptr<Policy> (*make)(FleetState& state, const Known& known);
};
// In the order of reports; ours last. make() is nullptr where the fleet has no such layout.
const std::vector<PolicyRow>& policies();
const PolicyRow* find_policy(std::string_view name);

}  // namespace septet::plan::online
