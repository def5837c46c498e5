// plan/online/rehearse.h — how well would a way of placing do, on made-up requests?
//
// A fleet of the same make (a small one: at most a thousand GPUs), the traffic that was observed,
// Poisson arrivals and exponential lives. The requests are the policy's own: the same for each way
// of placing that is compared, and never those it is judged by.
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
// Share of the offered memory units that was accepted.
double rehearse(const std::vector<Pool>& pools, const Traffic& traffic, const Loss& loss,
                const Rehearsal& rehearsal);

}  // namespace septet::plan::online
