// plan/online/value_policy.h — septet's own: a request goes where what remains is worth most.
//
// Told neither the mix nor the load: it counts them. It looks again after 1,024, 8,192 and 65,536
// arrivals and whenever a stretch of 4,096 arrivals differs from those before; what it then finds
// becomes the order in which groups are liked (ranking.h). It never refuses what fits.
// Cost.   A decision is a look-up. A review takes about 0.15 s of one core (longer beside moves,
//         which are rehearsed too) and happens within `arrived`; once or twice in 60,000 arrivals.
//         Who must not wait has it computed elsewhere (Reviews::kElsewhere): fetch due(), give
//         review_of() of it to adopt().
#pragma once

#include "plan/online/policy.h"
#include "plan/online/ranking.h"
#include "plan/online/traffic_learner.h"
#include "plan/online/tuned_value.h"

namespace septet::plan::online {

// What a review needs to know, apart from the policy: it can be computed on another thread.
struct DueReview {
  Traffic traffic;
  bool rehearse = true;  // false: too few have left, a guess must do
};
TunedValue review_of(const std::vector<Pool>& pools, const DueReview& review,
                     const TuningEffort& effort);

class ValuePolicy final : public Policy, private FleetWatcher {
 public:
  enum class Reviews : std::uint8_t { kAtOnce, kElsewhere };
  ValuePolicy(FleetState& state, const TuningEffort& effort, Reviews reviews = Reviews::kAtOnce);
  ~ValuePolicy() override;

  std::optional<Choice> choose(unsigned request) override;
  void arrived(double now, unsigned request) override;
  void departed(double now, Choice from) override;

  // Now, whatever the counts say: with traffic that is known from elsewhere.
  void review(const Traffic& traffic);

  // Of Reviews::kElsewhere: what is to be reviewed, if anything, asked for once; the newest when
  // more than one has become due. Requests are placed as before until the answer is adopted.
  std::optional<DueReview> due();
  // Whatever review_of() gave for it, with the pools and the effort of this policy.
  void adopt(TunedValue tuned);
  const TuningEffort& effort() const { return effort_; }

  const TunedValue& tuned() const { return tuned_; }
  Traffic traffic() const { return learner_.traffic(); }  // as learnt so far

 private:
  // Whoever places and moves: time spent running is read off the state.
  void moved(Gpu gpu, Group from, Group to, std::size_t from_left, std::size_t to_now) override;
  void look_again();
  bool enough_departures() const;

  FleetState& state_;
  TuningEffort effort_;
  Reviews reviews_;
  std::optional<DueReview> due_;
  Ranking ranking_;
  TrafficLearner learner_;
  TunedValue tuned_;
  double now_ = 0;
  std::uint64_t next_review_ = 1024, next_stretch_ = 4096;
};

}  // namespace septet::plan::online
