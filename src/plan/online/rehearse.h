// plan/online/rehearse.h — how well would a way of placing do, on made-up requests?
//
// A fleet of the same make (a small one: at most a thousand GPUs), the traffic that was observed,
// Poisson arrivals and exponential lives. The requests are the policy's own: the same for each way
// of placing that is compared, and never those it is judged by.
// Cost.   Requests are drawn, and who leaves when is sorted, once for all ways: a life is over at
//         the same time wherever it was spent. Then some 50 ns an arrival. Beside moves every
//         rehearsal is one of its own, some microseconds an arrival.
#pragma once

#include "plan/online/ranking.h"
#include "plan/online/room_value.h"

namespace septet::plan::online {

struct Rehearsal {
  std::uint64_t arrivals = 24'000;  // the first fifth is not counted
  std::uint32_t gpus = 1000;        // at most
  std::uint64_t seed = 1;
  double move_share = 0;  // moves per accepted request (migrate.h); 0: none are made
};

// The fleet that is rehearsed on, and the share of the traffic that comes to it.
struct SmallFleet {
  std::vector<Pool> pools;
  double factor = 1;
};
SmallFleet small_fleet(const std::vector<Pool>& pools, std::uint32_t gpus);

// Memory units of the smallest window of any pool that serves the request class; 0: none does.
double asked_units(const FleetState& fleet, unsigned request);

// Without moves (`move_share` is not looked at).
class Rehearsals {
 public:
  // All are copied from. `rehearsal.arrivals` is the most that any rehearsal will look at.
  Rehearsals(const std::vector<Pool>& pools, const Traffic& traffic, const Rehearsal& rehearsal);

  // Share of the offered memory units that was accepted, of the first `arrivals` requests.
  double accepted(const Loss& loss, std::uint64_t arrivals) const;

 private:
  struct Leaving {  // the request, if it went to that pool
    std::uint32_t request;
    std::uint8_t pool;
  };
  void draw(const Traffic& traffic, double factor, const Rehearsal& rehearsal);

  FleetState idle_;                  // for what it says about groups
  std::vector<std::uint8_t> cls_;    // of each request
  std::vector<double> units_;        // by request class
  std::vector<Leaving> leaving_;     // the first to leave first
  std::vector<std::uint32_t> gone_;  // by request: how many of leaving_ are over when it arrives
  // By group and window: the group that taking it, or giving it up, leads to.
  std::vector<Group> other_;
  std::size_t windows_ = 0;
  std::vector<std::uint8_t> pool_;  // by GPU
};

// One way of placing, once; beside moves if `rehearsal.move_share` says so (rehearse_moves.h).
double rehearse(const std::vector<Pool>& pools, const Traffic& traffic, const Loss& loss,
                const Rehearsal& rehearsal);

}  // namespace septet::plan::online
