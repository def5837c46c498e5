// plan/online/tuned_value.h — the value of room that does best in rehearsal, for this traffic.
//
// room_value has two numbers that theory leaves open for a finite fleet that never refuses: how
// many requests come by a GPU, and what the small ones are worth. A handful of pairs, and what
// best-fit, best index and FGD go by, are rehearsed on the policy's own made-up requests; the best
// few again, for longer; then mixtures of them. The winner is a value per layout like any other.
// Beside moves, one half is the winner and the other the value that counts on the moves (an order
// that leaves GPUs one small move away from what is refused), unless a rehearsal with moves is the
// worse for it: by the mixes of migrate.h at 100 GPUs it nearly always helps, on a thousand, with
// few moves, it may cost a point.
// Tuned on: which pairs are tried was chosen on 8 random mixes (Dirichlet, seeds 777 to 784) at
// loads 0.8 to 1.5, 100 and 1,000 GPUs. Not blind to the benchmark: the same sweeps were seen on
// its four mixes, and best index became a candidate as it is after a look at two of them.
#pragma once

#include <string>

#include "plan/online/rehearse.h"

namespace septet::plan::online {

struct TuningEffort {
  std::uint64_t screening = 24'000;  // arrivals of a first rehearsal
  std::uint64_t final = 80'000;      // of one that decides
  std::uint64_t seed = 1;
  double move_share = 0;  // moves per accepted request that are made beside it; 0: none
};

// A request goes where kept[layout] - left[layout + window] is least. Of a value function both are
// that function; best-fit keeps empty GPUs and does not look at what is left.
struct TunedValue {
  std::vector<double> kept, left;  // by group
  std::string from;                // "5 contacts, power 0.7 + best-fit"
  double rehearsed = 0;            // share of memory accepted in the last rehearsal, moves and all
};
// Cost. About 0.15 s of one core for one 7-slice product.
TunedValue tuned_value(const std::vector<Pool>& pools, const Traffic& traffic,
                       const TuningEffort& effort);
// Without a rehearsal, for when little is known of the traffic; `why` is where it is from. 20 ms.
TunedValue guessed_value(const std::vector<Pool>& pools, const Traffic& traffic, std::string why);

// kept[layout] - left[layout + window], by group of the pools. Pools that share a shape are told
// apart by nothing, so they share the values of the first of them. Both are copied.
Loss loss_of_value(const std::vector<Pool>& pools, const std::vector<double>& kept,
                   const std::vector<double>& left);

}  // namespace septet::plan::online
