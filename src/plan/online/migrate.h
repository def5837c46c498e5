// plan/online/migrate.h — on top of any placement policy: a few moves of what runs, where they
// bring most.
//
// It learns what comes and goes by itself, and values layouts by it (room_value.h), whatever the
// policy goes by.
// Two occasions, one budget. A refused request may be let in by at most `moves_per_refusal` moves
// (room_search.h). When an instance has left, the single move that raises the worth of the layouts
// most is made, if any is worth its price. A move is made if it gains more than the price that the
// budget is at (move_budget.h); a refusal in a fleet that has much free room counts for more,
// because who is let in then keeps fewer others out.
// What to expect: by paired rollouts letting a 7g in by one move nets 2.1 to 2.4 of its 8 units in
// the mean, because the room it takes is missed later; two or three moves for one request net about
// as much together (docs/placement.md). Beyond that placement decides: tuned_value.h, move_share.
// Tied to one FleetState, which it changes: the caller hears of each move through `on_move` and
// places the request itself. Deterministic.
#pragma once

#include <functional>
#include <optional>

#include "plan/online/move_budget.h"
#include "plan/online/room_search.h"
#include "plan/online/traffic_learner.h"

namespace septet::plan::online {

// Defaults chosen on mixes (.25 .1 .2 .15 .1 .2), (.4 .1 .1 .2 .1 .1), (.1 .2 .1 .25 .15 .2) and
// (.2 .05 .25 .05 .25 .2), seeds of their own: none of the mixes of the benchmark.
struct MoveLimits {
  unsigned moves_per_refusal = 3;
  double share = 0.05;  // moves per accepted request, all moves counted
  // Letting a request in is worth this much more per percent of the fleet that is free.
  double slack = 1.0;
  // Tidying is tried after every so many departures; 0: never, because wherever it was measured the
  // same moves brought more when they waited for a refusal. `tidy_rate` is what its gain counts
  // against the price, `tidy_least` the least gain it is done for.
  unsigned tidy_every = 0;
  double tidy_rate = 0.5;
  double tidy_least = 0.5;
};

class Migration {
 public:
  using OnMove = std::function<void(const Move&)>;
  // `state` outlives it.
  Migration(FleetState& state, const MoveLimits& limits);

  void on_move(OnMove told) { told_ = std::move(told); }

  // In this order, for every request. A review of the worth (some 20 ms) happens within `arrived`,
  // after 256 arrivals, four times as many and so on, and when the traffic has changed.
  void arrived(double now, unsigned request);
  // The policy refused: moves what has to move. The choice is free then; nullopt: nothing was
  // moved.
  std::optional<Choice> make_room(unsigned request);
  // It was placed there, or refused for good.
  void settled(std::optional<Choice> at);
  // An instance has left (it is released already): tidies up if that is worth it.
  void departed(double now, Choice from);

  const MoveBudget& budget() const { return budget_; }
  struct Count {
    std::uint64_t accepted = 0;                     // requests, with and without moves
    std::uint64_t let_in = 0;                       // requests that moves let in
    std::uint64_t for_them = 0, in_background = 0;  // moves
    std::uint64_t units = 0;                        // memory units moved
  };
  const Count& count() const { return count_; }
  // Moves per accepted request, since the start; never more than limits.share.
  double share_moved() const {
    return count_.accepted == 0 ? 0 : double(budget_.spent()) / double(count_.accepted);
  }

 private:
  void make(const Move& move);
  void review();
  bool pays(const Room& room, unsigned request) const;

  FleetState& state_;
  MoveLimits limits_;
  RoomSearch search_;
  MoveBudget budget_;
  TrafficLearner learner_;
  double now_ = 0;
  std::uint64_t next_review_ = 256, next_stretch_ = 4096;
  OnMove told_;
  std::uint64_t departures_ = 0;
  Count count_;
};

}  // namespace septet::plan::online
