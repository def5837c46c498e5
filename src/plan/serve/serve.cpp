#include "plan/serve/serve.h"

#include "plan/serve/put_together.h"

namespace septet::plan {

namespace {

constexpr unsigned kMostGpusToSearch = 40;

void take(ServeAnswer& answer, Together&& found) {
  answer.covers = std::move(found.covers);
  answer.columns = std::move(found.columns);
  answer.gpus = found.gpus;
}

}  // namespace

ServeAnswer serve(const SlotTable& table, const std::vector<ServiceDemand>& demands,
                  const ServeEffort& effort) {
  SEPTET_ASSERT(!demands.empty());
  const PriceSearchResult prices = search_prices(table, demands, effort.price_rounds);
  ServeAnswer answer;
  answer.bound = prices.least;
  answer.least = prices.least.gpus();
  take(answer, put_together(table, demands, prices, answer.least, effort.passes));
  while (answer.gpus > answer.least && answer.gpus <= kMostGpusToSearch &&
         effort.search_states > 0) {
    SearchOutcome outcome =
        search_all(table, demands, prices.least, answer.least, effort.search_states);
    if (outcome.found) {
      take(answer, std::move(*outcome.found));
    } else if (outcome.complete) {
      ++answer.least;
      answer.searched = true;
    } else {
      break;
    }
  }
  return answer;
}

}  // namespace septet::plan
