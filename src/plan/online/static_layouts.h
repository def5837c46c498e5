// plan/online/static_layouts.h — GPUs cut once and never again, as most clusters run today.
//
// A request takes the smallest instance that is free and large enough in memory and slices; a 1g
// on an idle 7g wastes seven slices of it, and no cut moves to help.
#pragma once

#include <vector>

#include "plan/online/policy.h"

namespace septet::plan::online {

// One layout and how many GPUs of the pool have it.
struct StaticShare {
  std::uint64_t held = 0;  // windows of the shape, as bits
  std::uint32_t gpus = 0;
};

class StaticLayouts final : public Policy {
 public:
  // The fleet has one pool; shares cover all of its GPUs, in order of GPU number.
  StaticLayouts(FleetState& state, const std::vector<StaticShare>& shares);
  std::optional<Choice> choose(unsigned request) override;
  void departed(double now, Choice from) override;

 private:
  FleetState& state_;
  std::vector<std::vector<unsigned>> hosts_;  // by request: classes that can host it, best first
  std::vector<std::vector<Choice>> idle_;     // by class: instances nobody is in
};

// Every GPU cut like this, smallest class first: {7, 0, 0, 0, 0, 0} is 7x 1g. Empty when no layout
// has those counts.
std::vector<StaticShare> same_everywhere(const FleetState& state,
                                         const std::vector<unsigned>& counts);
// An oracle: told the shares of the requests, whole GPUs are dealt out so that for every class as
// many instances exist as requests would run if none were refused, as far as the GPUs go.
std::vector<StaticShare> best_mixed(const FleetState& state, const Known& known);

}  // namespace septet::plan::online
