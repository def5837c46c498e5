// plan/serve/serve.h — the fewest GPUs of one product that carry a list of services.
//
// Each service needs so much of something (items per second, replicas); an instance of each slot
// gives it so much of that (0: it cannot run there); instances of one service may be of several
// sizes. Which sizes, how many, and which layouts to cut the GPUs into is decided together:
//
//   minimize GPUs,  sum_s gives_is n_is >= need_i for each service,
//                   sum_i n_is <= sum_l holds_ls y_l for each slot,  all whole
//
// How.    Prices that prove a lower bound (least_gpus.h); covers that are cheapest at those prices,
//         put together so that they fill layouts; for small cases an exhaustive search up to the
//         bound, which raises the bound where the prices alone cannot.
// Shapes. The answer is complete: covers by service, GPUs by column of the table.
#pragma once

#include <vector>

#include "plan/serve/least_gpus.h"

namespace septet::plan {

struct ServeEffort {
  unsigned price_rounds = 80;
  unsigned passes = 60;                 // over all services, swapping covers
  std::size_t search_states = 400'000;  // of the exhaustive search; 0: none
};

struct ServeAnswer {
  std::vector<SlotCounts> covers;  // by service
  std::vector<unsigned> columns;   // GPUs by column of the table
  unsigned gpus = 0;
  LeastGpus bound;        // by prices
  unsigned least = 0;     // proven: by prices, or by search where that is more
  bool searched = false;  // `least` was raised by the exhaustive search
  bool proven() const { return gpus == least; }
};

// `demands` is not empty; each can run in some slot.
ServeAnswer serve(const SlotTable& table, const std::vector<ServiceDemand>& demands,
                  const ServeEffort& effort = {});

}  // namespace septet::plan
