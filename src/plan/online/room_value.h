// plan/online/room_value.h — what the room left on a GPU is worth, given what arrives and leaves.
//
// One GPU of a large fleet is a Markov decision process over its layouts: requests of each class
// come by and are taken or left to another GPU, jobs leave. What couples the GPUs is that a request
// can be taken once. So each class has a price, paid to the GPU that takes the request, and the
// prices are those at which all GPUs together take no more than arrives (the Lagrangian relaxation
// that also gives Whittle's index). The value h of a layout solves that process on average; a fleet
// that places where h(layout) - h(layout + window) is least is asymptotically optimal for the
// relaxed problem.
// With moves, a GPU may also take a request by giving up at most `moved_out` of its instances: it
// pays the price of each one's class, for somebody else to take it, and that of a move, at which
// the fleet makes no more moves than its share. A GPU that one small instance keeps from being
// empty is then worth nearly as much as an empty one.
// Shapes. h by group of the fleet (pool after pool, by layout); prices by request class.
// Cost.   sweeps x (windows of all layouts): about 15 us a sweep for one 7-slice product; two to
//         three times that with moves.
// Source. The relaxation: Whittle, "Restless bandits", 1988. The model of MIG and the way the
//         prices are found are ours.
#pragma once

#include <vector>

#include "plan/online/fleet_state.h"

namespace septet::plan::online {

// What comes and goes, over the whole fleet, in any unit of time.
struct Traffic {
  std::vector<double> rate;                // arrivals per time, by request class
  std::vector<std::vector<double>> leave;  // 1 / mean life, by pool and class of its shape
};
// Offered memory units over those of the fleet.
double offered_load(const std::vector<Pool>& pools, const Traffic& traffic);

struct ValueTuning {
  // How many times more requests come by a GPU than its share of the fleet's: the more, the longer
  // it can wait for the one that suits it.
  double contacts = 5;
  // What a request is worth: (memory units / those of the smallest class) ^ power. Below 1 the
  // small ones are worth more than their memory, which a fleet that never refuses takes anyway.
  double power = 1;
  // Gains within twice this of nothing are taken with a probability in between.
  double blur = 0.05;
  unsigned sweeps = 1000;
  unsigned moved_out = 0;    // instances that may be moved out for a request; at most 2
  double move_share = 0.05;  // moves per accepted request
};

struct RoomValue {
  std::vector<double> value;  // h, by group; 0 for an empty GPU of each pool
  std::vector<double> price;  // by request class, at most its worth
  std::vector<double> taken;  // share of the arrivals that the fleet takes, by request class
  double move_price = 0;      // in the currency of the prices; 0 without moves
};
RoomValue room_value(const std::vector<Pool>& pools, const Traffic& traffic,
                     const ValueTuning& tuning);
// One after the other, each from where the one before ended (the first as room_value): those alike
// need fewer sweeps so. All with the same `moved_out`.
std::vector<RoomValue> room_values(const std::vector<Pool>& pools, const Traffic& traffic,
                                   const std::vector<ValueTuning>& tunings);

}  // namespace septet::plan::online
