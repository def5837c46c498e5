// plan/online/migrate.h — on top of any placement policy: a few moves of what runs, where they
// bring most.
//
// Two occasions, one budget. A refused request may be let in by at most `moves_per_refusal` moves
// (room_search.h). When an instance has left, the single move that raises the worth of the layouts
// most is made, if any is worth its price. A move is made if it gains more than the price that the
// budget is at (move_budget.h); a refusal in a fleet that has much free room counts for more,
// because who is let in then keeps fewer others out.
// Tied to one FleetState, which it changes: the caller hears of each move through `on_move` and
// places the request itself. Deterministic.
#pragma once

#include <functional>
#include <optional>

#include "plan/online/move_budget.h"
#include "plan/online/room_search.h"

namespace septet::plan::online {

struct MoveLimits {
  unsigned moves_per_refusal = 3;
  double share = 0.05;  // moves per accepted request, all moves counted
  // Letting a request in is worth this much more per percent of the fleet that is free.
  double slack = 0.5;
  // Tidying is tried after every so many departures (0: never), with what letting in leaves over:
  // its gain counts at this rate against the price.
  unsigned tidy_every = 8;
  double tidy_rate = 0.25;
  double tidy_least = 0.05;
};

class Migration {
 public:
  using OnMove = std::function<void(const Move&)>;
  // `state` outlives it.
  Migration(FleetState& state, const MoveLimits& limits)
      : state_(state), limits_(limits), search_(state), budget_(limits.share) {}

  void on_move(OnMove told) { told_ = std::move(told); }
  // The worth of layouts from now on; a policy that learns says so again and again.
  void appraise(Worth worth) { search_.appraise(std::move(worth)); }

  // The policy refused: moves what has to move. The choice is free then; nullopt: nothing was
  // moved.
  std::optional<Choice> make_room(unsigned request);
  // A request was placed, or refused for good.
  void settled(bool accepted) { budget_.request(accepted); }
  // An instance has left (it is released already): tidies up if that is worth it.
  void departed();

  const MoveBudget& budget() const { return budget_; }
  struct Count {
    std::uint64_t let_in = 0;                       // requests that moves let in
    std::uint64_t for_them = 0, in_background = 0;  // moves
    std::uint64_t units = 0;                        // memory units moved
  };
  const Count& count() const { return count_; }

 private:
  void make(const Move& move);

  FleetState& state_;
  MoveLimits limits_;
  RoomSearch search_;
  MoveBudget budget_;
  OnMove told_;
  std::uint64_t departures_ = 0;
  Count count_;
};

}  // namespace septet::plan::online
