#include "metrics/change_tally.h"

#include <algorithm>

#include "partition/history.h"

namespace septet::metrics {

namespace {

constexpr double kNanosecondsPerSecond = 1e9;

void add_duration(Durations& durations, double seconds) {
  ++durations.count;
  durations.sum_s += seconds;
  const auto bound = std::ranges::lower_bound(kDurationBounds, seconds);
  if (bound == kDurationBounds.end()) return;
  ++durations.at_most.at(static_cast<std::size_t>(bound - kDurationBounds.begin()));
}

}  // namespace

void ChangeTally::add(const partition::ChangeRecord& change) {
  const std::string verb = change.verb.substr(0, change.verb.find(' '));
  if (change.unfinished()) {
    ++unfinished;
    unfinished_since_ns = std::min(unfinished_since_ns.value_or(change.began_ns), change.began_ns);
    return;
  }
  ++ended[{verb, std::string(partition::to_string(*change.ended))}];
  // Of those that were carried out; how long a refusal took says nothing of the GPUs.
  if (*change.ended == partition::Ended::kRefused) return;
  if (const auto ns = partition::duration_ns(change))
    add_duration(durations[verb],
                 static_cast<double>(std::max<std::int64_t>(*ns, 0)) / kNanosecondsPerSecond);
}

ChangeTally tally_of(const std::vector<partition::ChangeRecord>& changes) {
  ChangeTally tally;
  for (const partition::ChangeRecord& change : changes) tally.add(change);
  return tally;
}

}  // namespace septet::metrics
