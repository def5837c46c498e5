#include "plan/online/value_policy.h"

#include <bit>

namespace septet::plan::online {

ValuePolicy::ValuePolicy(FleetState& state, const TuningEffort& effort)
    : state_(state), effort_(effort), ranking_(state), learner_(state) {
  guess(learner_.traffic(), "nothing seen yet");
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

void ValuePolicy::guess(const Traffic& traffic, const char* why) {
  tuned_.kept = room_value(state_.pools(), traffic, {}).value;
  tuned_.left = tuned_.kept;
  tuned_.from = why;
  ranking_.order(loss_of_value(state_.pools(), tuned_.kept, tuned_.left));
}

void ValuePolicy::review(const Traffic& traffic) {
  tuned_ = tuned_value(state_.pools(), traffic, effort_);
  ranking_.order(loss_of_value(state_.pools(), tuned_.kept, tuned_.left));
}

void ValuePolicy::look_again() {
  const Traffic traffic = learner_.traffic();
  if (enough_departures()) {
    review(traffic);
    return;
  }
  guess(traffic, "too few have left to rehearse");
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
