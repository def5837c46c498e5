// plan/serve/put_together.h — which cover each service takes, so that together they fill layouts.
#pragma once

#include <optional>
#include <vector>

#include "plan/serve/least_gpus.h"

namespace septet::plan {

struct Together {
  std::vector<SlotCounts> covers;  // by service
  std::vector<unsigned> columns;   // GPUs by column
  unsigned gpus = 0;
};

// Starts from the mixture of rounds that proves the bound, then swaps covers, service by service,
// as long as that brings the sum closer to fitting `target` GPUs.
Together put_together(const SlotTable& table, const std::vector<ServiceDemand>& demands,
                      const PriceSearchResult& prices, unsigned target, unsigned passes);

// Exhaustive: covers with which `gpus` GPUs do. `complete` says whether all was looked at.
struct SearchOutcome {
  std::optional<Together> found;
  bool complete = true;
};
SearchOutcome search_all(const SlotTable& table, const std::vector<ServiceDemand>& demands,
                         const LeastGpus& bound, unsigned gpus, std::size_t most_states);

SlotCounts sum_of(const std::vector<SlotCounts>& covers);

}  // namespace septet::plan
