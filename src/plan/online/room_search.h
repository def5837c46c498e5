// plan/online/room_search.h — which few running instances would have to move so that a request
// fits, and which single move makes the fleet better off?
//
// An instance is worth what its GPU's layout is worth: every layout has a value (Worth), a change
// of layouts gains the difference. The search is over groups of GPUs that hold the same layout, so
// it costs the same on 10 GPUs and on 1,000,000.
// Moves.  An instance moves to another start of its GPU, or to another GPU of its product. Each
//         move counts. They are made in their order, and at its turn the target of a move is free
//         while the instance still holds its old place: it can be created before the old one goes.
// Exact.  With one move: no (instance, target) gains more (room_search_test.cpp, brute force). With
//         more, what has to leave a window is tried for every window of every group, each set
//         placed largest first, each instance where it gains most at its turn.
// Cost.   A few microseconds at any fleet size.
#pragma once

#include <optional>
#include <vector>

#include "plan/online/fleet_state.h"

namespace septet::plan::online {

// In one currency, whatever it is (memory units accepted, say).
struct Worth {
  std::vector<double> of_group;    // what a GPU of that layout is worth, by group
  std::vector<double> of_request;  // what is gained when a request of that class is accepted
};

struct Move {
  Job job = kNobody;
  Choice from, to;
  unsigned units = 0;  // memory units moved
};

struct Room {
  std::vector<Move> moves;  // in this order
  Choice at;                // free once they are made
  double gain = 0;          // of the moves and of placing the request, its own worth left out
};

class RoomSearch final : public FleetWatcher {
 public:
  // Watches the state, which outlives it.
  explicit RoomSearch(FleetState& state);
  ~RoomSearch() override;
  RoomSearch(const RoomSearch&) = delete;
  RoomSearch& operator=(const RoomSearch&) = delete;

  // What follows is by this worth. Until then every layout is worth nothing.
  void appraise(Worth worth);
  const Worth& worth() const { return worth_; }

  // The room for a request by at least one and at most `moves` moves that has the most of
  // gain - price * moves; then the least memory moved. nullopt: there is none.
  std::optional<Room> find(unsigned request, unsigned moves, double price) const;
  struct Tidier {
    Move move;
    double gain = 0;
  };
  // The move that gains most, if it gains more than `floor`.
  std::optional<Tidier> tidier(double floor) const;

  void moved(Gpu gpu, Group from, Group to, std::size_t from_left, std::size_t to_now) override;

 private:
  struct Landing {  // of a class on a group: the window that gains most
    double gain = 0;
    Group group = 0;
    std::uint8_t window = 0;
  };
  struct Draft;  // of a Room
  struct Best;
  using Landings = std::vector<std::optional<Landing>>;  // by class

  // Of all windows of one shape: the held windows in its way, as bits.
  struct Ways {
    std::vector<std::uint64_t> in_way;     // by window
    std::vector<Shape::Layout> made_room;  // by layout, then window: with it instead of them
  };
  void learn_ways(const Shape& shape);
  void find_in_group(unsigned request, Group group, Best& best) const;
  bool draft(Group group, unsigned window, Draft& draft) const;
  bool land(unsigned held, unsigned wanted, Draft& draft) const;
  std::optional<Landing> land_elsewhere(unsigned pool, unsigned cls, const Draft& draft) const;
  std::optional<Landing> land_in(Group group, unsigned cls) const;
  std::optional<Landing> best_landing(unsigned pool, unsigned cls,
                                      std::optional<Group> not_alone) const;
  Landings best_landings(unsigned pool) const;
  void tidy_group(unsigned pool, Group group, const Landings& landings, std::optional<Tidier>& best,
                  double floor) const;
  Tidier move_to_landing(Group group, unsigned held, const Landing& landing, double gain) const;
  std::size_t alone(Group group, const Draft& draft) const;
  Move move_of(Gpu gpu, unsigned held, Choice to) const;

  FleetState& state_;
  Worth worth_;
  std::vector<Ways> ways_;                          // by pool
  std::vector<std::vector<Group>> filled_;          // by pool: groups with a GPU in them
  std::vector<std::uint32_t> place_;                // of a group in filled_
  std::vector<std::optional<Landing>> landing_in_;  // by group, then class
  std::vector<std::size_t> first_landing_;          // by pool, of its first group
};

}  // namespace septet::plan::online
