// lab/replay/online.h — a fleet, a policy and a day of requests: what was accepted?
//
// A request is placed when it arrives or refused for good; nobody sees the future or the life.
// Two events per accepted request: it comes, it leaves.
// Source. The benchmark is that of Zambianco and others (MFI, arXiv 2511.18906), with the mixes and
//         loads of this project's reference.
#pragma once

#include <cstdint>
#include <vector>

#include "lab/replay/requests.h"
#include "plan/online/migrate.h"
#include "plan/online/policy.h"

namespace septet::lab::replay {

// Offered load: arrival rate x mean life x mean memory units of a request / units of the fleet.
double rate_for_load(const std::vector<plan::online::Pool>& pools, const std::vector<double>& share,
                     double load, double mean_life);

struct OnlineLength {
  std::uint64_t arrivals = 60'000;
  double warm_up = 0.2;  // the first part of the arrivals is not counted
};

struct OnlineResult {
  std::uint64_t arrived = 0, accepted = 0;  // after the warm-up
  std::uint64_t arrived_units = 0, accepted_units = 0;
  std::vector<std::uint64_t> arrived_of, accepted_of;  // by request class
  double occupied_share = 0;                           // of memory units, over time
  std::uint64_t events = 0;                            // warm-up included
  std::uint64_t moves = 0;                             // after the warm-up
  double accepted_share() const { return double(accepted) / double(arrived); }
  double accepted_memory() const { return double(accepted_units) / double(arrived_units); }
};

// Memory units that request class r asks for: those of the smallest class that serves it.
std::vector<unsigned> request_units(const std::vector<plan::online::Pool>& pools);

// The fleet must be empty. Jobs left over at the end stay in it.
OnlineResult replay_online(plan::online::FleetState& fleet, plan::online::Policy& policy,
                           const Stream& stream, const OnlineLength& length);
// The same with moves: a refusal may be turned into room, a departure into a tidier fleet.
OnlineResult replay_online(plan::online::FleetState& fleet, plan::online::Policy& policy,
                           plan::online::Migration& migration, const Stream& stream,
                           const OnlineLength& length);
// The reference: everything may be moved at any time, and what then fits is accepted.
Result<OnlineResult> replay_repacked(const std::vector<plan::online::Pool>& pools,
                                     const Stream& stream, const OnlineLength& length);

}  // namespace septet::lab::replay
