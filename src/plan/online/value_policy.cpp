#include "plan/online/value_policy.h"

#include <bit>
#include <utility>

namespace septet::plan::online {

TunedValue review_of(const std::vector<Pool>& pools, const DueReview& review,
                     const TuningEffort& effort) {
  if (review.rehearse) return tuned_value(pools, review.traffic, effort);
  return guessed_value(pools, review.traffic, "too few have left to rehearse");
}

ValuePolicy::ValuePolicy(FleetState& state, const TuningEffort& effort, Reviews reviews)
    : state_(state), effort_(effort), reviews_(reviews), ranking_(state), learner_(state) {
  adopt(guessed_value(state_.pools(), learner_.traffic(), "nothing seen yet"));
  state_.add_watcher(this);
}

ValuePolicy::~ValuePolicy() { state_.remove_watcher(this); }

std::optional<Choice> ValuePolicy::choose(unsigned request) { return ranking_.choose(request); }

void ValuePolicy::moved(Gpu, Group from, Group to, std::size_t, std::size_t) {
  const Shape& shape = state_.shape_of_group(from);
  const std::uint64_t before = shape.held(state_.layout_of_group(from));
  const std::uint64_t after = shape.held(state_.layout_of_group(to));
  const auto window = static_cast<unsigned>(std::countr_zero(before ^ after));
  const unsigned pool = state_.pool_of_group(from);
  if (after > before) {
    learner_.placed(now_, pool, shape.window(window).cls);
  } else {
    learner_.released(now_, pool, shape.window(window).cls);
  }
}

// A mean life is known to a few per cent when a thousand have left.
bool ValuePolicy::enough_departures() const { return learner_.departures() >= 1000; }

void ValuePolicy::adopt(TunedValue tuned) {
  tuned_ = std::move(tuned);
  ranking_.order(loss_of_value(state_.pools(), tuned_.kept, tuned_.left));
}

void ValuePolicy::review(const Traffic& traffic) {
  adopt(tuned_value(state_.pools(), traffic, effort_));
}

std::optional<DueReview> ValuePolicy::due() { return std::exchange(due_, std::nullopt); }

void ValuePolicy::look_again() {
  DueReview review{learner_.traffic(), enough_departures()};
  if (reviews_ == Reviews::kElsewhere) {
    due_ = std::move(review);
  } else {
    adopt(review_of(state_.pools(), review, effort_));
  }
}

void ValuePolicy::arrived(double now, unsigned request) {
  constexpr std::uint64_t kKnownWell = 65'536;  // arrivals: shares to a fifth of a per cent
  constexpr std::uint64_t kNever = ~std::uint64_t{0};
  now_ = now;
  learner_.arrived(now, request);
  bool due = false;
  if (learner_.arrivals() >= next_stretch_) {
    next_stretch_ = learner_.arrivals() + 4096;
    if (learner_.changed()) {
      due = true;
      next_review_ = learner_.arrivals() * 8;
    }
  }
  if (learner_.arrivals() >= next_review_) {
    due = true;
    next_review_ = next_review_ < kKnownWell ? next_review_ * 8 : kNever;
  }
  if (due) look_again();
}

void ValuePolicy::departed(double now, Choice from) {
  now_ = now;
  learner_.departed(state_.pool(from.gpu), state_.shape(from.gpu).window(from.window).cls);
}

}  // namespace septet::plan::online
