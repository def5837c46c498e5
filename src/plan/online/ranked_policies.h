// plan/online/ranked_policies.h — the policies whose liking depends on the layout of a GPU alone.
#pragma once

#include "plan/online/policy.h"
#include "plan/online/ranking.h"

namespace septet::plan::online {

// Anything that is a Loss.
class RankedPolicy final : public Policy {
 public:
  RankedPolicy(FleetState& state, const Loss& loss) : ranking_(state) { ranking_.order(loss); }
  std::optional<Choice> choose(unsigned request) override { return ranking_.choose(request); }

 private:
  Ranking ranking_;
};

// Ting's conditional load balance: while less than half of the fleet's memory is taken the least
// loaded GPU, from then on the fullest that has room; in the GPU the start that keeps the most
// instances creatable. The paper's threshold is not in its abstract; half is our reading.
class ConditionalBalance final : public Policy {
 public:
  explicit ConditionalBalance(FleetState& state);
  std::optional<Choice> choose(unsigned request) override;

 private:
  FleetState& state_;
  Ranking spread_, pack_;
};

// Any GPU that has room, each as likely; then any of its starts.
class RandomPolicy final : public Policy {
 public:
  RandomPolicy(FleetState& state, Random random) : state_(state), random_(random) {}
  std::optional<Choice> choose(unsigned request) override;

 private:
  FleetState& state_;
  Random random_;
};

}  // namespace septet::plan::online
