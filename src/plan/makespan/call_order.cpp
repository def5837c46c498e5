#include "plan/makespan/call_order.h"

#include <algorithm>
#include <array>

namespace septet::plan {

namespace {

constexpr unsigned kMostPlacesOrdered = 33;
constexpr unsigned kMostOrderSteps = 20'000;

struct WaitingCall {
  unsigned place = 0;
  bool destroys = false;
  Ticks from = 0;  // not before
};

template <typename T>
using ByPlace = std::array<T, kMostPlacesOrdered>;

// A list that never allocates: this runs once per plan that is looked at.
struct WaitingCalls {
  ByPlace<WaitingCall> calls{};
  unsigned size = 0;

  void add(WaitingCall call) { calls[size++] = call; }
  void remove(unsigned index) { calls[index] = calls[--size]; }
};

class CallSearch {
 public:
  CallSearch(const MakespanProblem& problem, const std::vector<Ticks>& loads)
      : problem_(problem), loads_(loads) {
    for (auto place = static_cast<unsigned>(loads.size()); place-- > 0;) look_below(place);
  }

  Ticks at_least() const { return rest_[0]; }

  Ticks by_rule() {
    WaitingCalls waiting;
    add_parts(0, 0, waiting);
    Ticks now = 0;
    Ticks last = 0;
    while (waiting.size > 0) {
      Ticks soonest = kNever;
      for (unsigned i = 0; i < waiting.size; ++i)
        soonest = std::min(soonest, waiting.calls[i].from);
      now = std::max(now, soonest);
      unsigned next = waiting.size;
      for (unsigned i = 0; i < waiting.size; ++i) {
        if (waiting.calls[i].from > now) continue;
        if (next == waiting.size || tail(waiting.calls[i]) > tail(waiting.calls[next])) next = i;
      }
      now = make(next, now, waiting, last);
    }
    return last;
  }

  CallOrder best() {
    steps_ = 0;
    best_.makespan = kNever;
    WaitingCalls waiting;
    add_parts(0, 0, waiting);
    try_all(waiting, 0, 0);
    best_.proven = steps_ <= kMostOrderSteps || best_.makespan == at_least();
    return best_;
  }

 private:
  bool used(unsigned place) const { return place != 0 && loads_[place] > 0; }

  Ticks length(const WaitingCall& call) const {
    const CallTicks& ticks = problem_.calls[call.place];
    return call.destroys ? ticks.destroy : ticks.create;
  }

  // From the end of the call to the end of all that waits for it, at least.
  Ticks tail(const WaitingCall& call) const {
    return call.destroys ? rest_[call.place] : after_create_[call.place];
  }

  void add_parts(unsigned place, Ticks from, WaitingCalls& waiting) const {
    for (unsigned i = 0; i < count_[place]; ++i) waiting.add({parts_[place][i], false, from});
  }

  // The used places that come next below; the time that they take when the driver is theirs.
  void look_below(unsigned place) {
    for (const unsigned part : problem_.board[place].below) {
      if (used(part)) {
        parts_[place][count_[place]++] = part;
        continue;
      }
      for (unsigned i = 0; i < count_[part]; ++i) parts_[place][count_[place]++] = parts_[part][i];
    }
    auto* const first = parts_[place].data();
    std::sort(first, first + count_[place], [this](unsigned one, unsigned other) {
      return after_create_[one] > after_create_[other];
    });
    Ticks made = 0;
    for (unsigned i = 0; i < count_[place]; ++i) {
      made += problem_.calls[first[i]].create;
      rest_[place] = std::max(rest_[place], made + after_create_[first[i]]);
    }
    after_create_[place] = loads_[place];
    if (count_[place] > 0) after_create_[place] += problem_.calls[place].destroy + rest_[place];
  }

  // Makes the call at `now`; returns when the driver is free again.
  Ticks make(unsigned index, Ticks now, WaitingCalls& waiting, Ticks& last) const {
    const WaitingCall call = waiting.calls[index];
    waiting.remove(index);
    const Ticks end = now + length(call);
    if (call.destroys) {
      add_parts(call.place, end, waiting);
      return end;
    }
    last = std::max(last, end + loads_[call.place]);
    if (count_[call.place] > 0) waiting.add({call.place, true, end + loads_[call.place]});
    return end;
  }

  Ticks no_sooner(const WaitingCalls& waiting, Ticks now, Ticks last) const {
    ByPlace<WaitingCall> sorted = waiting.calls;
    std::sort(sorted.data(), sorted.data() + waiting.size,
              [this](const WaitingCall& one, const WaitingCall& other) {
                return tail(one) > tail(other);
              });
    Ticks made = now;
    for (unsigned i = 0; i < waiting.size; ++i) {
      const Ticks begin = std::max(now, sorted[i].from);
      last = std::max(last, begin + length(sorted[i]) + tail(sorted[i]));
      if (begin > now) continue;
      made += length(sorted[i]);
      last = std::max(last, made + tail(sorted[i]));
    }
    return last;
  }

  // A call that could be over before another begins is never left for later than that one. (A call
  // that takes no time is over when it begins.)
  unsigned next_calls(const WaitingCalls& waiting, Ticks now, ByPlace<unsigned>& order) const {
    Ticks first_end = kNever;
    for (unsigned i = 0; i < waiting.size; ++i) {
      const Ticks begin = std::max(now, waiting.calls[i].from);
      first_end = std::min(first_end, begin + length(waiting.calls[i]));
    }
    unsigned count = 0;
    for (unsigned i = 0; i < waiting.size; ++i) {
      const Ticks begin = std::max(now, waiting.calls[i].from);
      const bool ends_first = begin + length(waiting.calls[i]) == first_end;
      if (begin < first_end || ends_first) order[count++] = i;
    }
    std::sort(order.data(), order.data() + count, [this, &waiting](unsigned one, unsigned other) {
      return tail(waiting.calls[one]) > tail(waiting.calls[other]);
    });
    return count;
  }

  void try_all(const WaitingCalls& waiting, Ticks now, Ticks last) {
    if (waiting.size == 0) {
      if (last >= best_.makespan) return;
      best_.makespan = last;
      best_.calls = path_;
      return;
    }
    if (++steps_ > kMostOrderSteps || no_sooner(waiting, now, last) >= best_.makespan) return;
    ByPlace<unsigned> order{};
    const unsigned count = next_calls(waiting, now, order);
    for (unsigned i = 0; i < count; ++i) {
      WaitingCalls rest = waiting;
      const WaitingCall call = waiting.calls[order[i]];
      const Ticks begin = std::max(now, call.from);
      Ticks rest_last = last;
      const Ticks end = make(order[i], begin, rest, rest_last);
      path_.push_back({call.place, call.destroys, begin});
      try_all(rest, end, rest_last);
      path_.pop_back();
    }
  }

  const MakespanProblem& problem_;
  const std::vector<Ticks>& loads_;
  ByPlace<ByPlace<unsigned>> parts_{};
  ByPlace<unsigned> count_{};
  ByPlace<Ticks> rest_{}, after_create_{};
  CallOrder best_;
  std::vector<CallOrder::Call> path_;
  unsigned steps_ = 0;
};

}  // namespace

Ticks makespan_by_rule(const MakespanProblem& problem, const std::vector<Ticks>& loads) {
  return CallSearch(problem, loads).by_rule();
}

Ticks makespan_at_least(const MakespanProblem& problem, const std::vector<Ticks>& loads) {
  return CallSearch(problem, loads).at_least();
}

CallOrder best_call_order(const MakespanProblem& problem, const std::vector<Ticks>& loads) {
  return CallSearch(problem, loads).best();
}

}  // namespace septet::plan
