#include "plan/online/value_policy.h"

#include <algorithm>

namespace septet::plan::online {

ValuePolicy::ValuePolicy(FleetState& state, const TuningEffort& effort)
    : state_(state), effort_(effort), ranking_(state), learner_(state) {
  tuned_.value = room_value(state.pools(), learner_.traffic(), {}).value;
  tuned_.from = "nothing seen yet";
  ranking_.order(loss_of_value(state.pools(), tuned_.value));
}

std::optional<Choice> ValuePolicy::choose(unsigned request) {
  const auto choice = ranking_.choose(request);
  if (choice) {
    learner_.placed(now_, state_.pool(choice->gpu),
                    state_.shape(choice->gpu).window(choice->window).cls);
  }
  return choice;
}

// A mean life is known to a few per cent when a thousand have left.
bool ValuePolicy::enough_departures() const { return learner_.departures() >= 1000; }

void ValuePolicy::review(const Traffic& traffic) {
  tuned_ = tuned_value(state_.pools(), traffic, effort_);
  ranking_.order(loss_of_value(state_.pools(), tuned_.value));
}

void ValuePolicy::look_again() {
  const Traffic traffic = learner_.traffic();
  if (enough_departures()) {
    review(traffic);
    return;
  }
  tuned_.value = room_value(state_.pools(), traffic, {}).value;
  tuned_.from = "too few have left to rehearse";
  ranking_.order(loss_of_value(state_.pools(), tuned_.value));
}

void ValuePolicy::arrived(double now, unsigned request) {
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
    next_review_ *= 8;
  }
  if (due) look_again();
}

void ValuePolicy::departed(double now, Choice from) {
  now_ = now;
  learner_.departed(now, state_.pool(from.gpu), state_.shape(from.gpu).window(from.window).cls);
}

}  // namespace septet::plan::online
