// metrics/change_tally.h — how many changes of the node there were, how they ended, how long they
// took.
//
// Of the changes that the journal still holds: pruning it takes from the counts, which Prometheus
// reads as a restart. Changes by verb without what they were about ("rollback 7" is "rollback").
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "partition/journal.h"

namespace septet::metrics {

// Seconds; from a node that answers at once to one whose GPUs are reset.
inline constexpr std::array kDurationBounds = {0.1, 0.25, 0.5, 1.0,  2.5,  5.0,
                                               10., 30.0, 60., 120., 300., 600.};

struct Durations {
  std::array<std::uint64_t, kDurationBounds.size()> at_most{};  // by bound, each without the others
  std::uint64_t count = 0;
  double sum_s = 0;
};

struct ChangeTally {
  std::map<std::pair<std::string, std::string>, std::uint64_t> ended;  // by verb and outcome
  std::map<std::string, Durations> durations;                          // by verb
  std::uint64_t unfinished = 0;
  std::optional<std::int64_t> unfinished_since_ns;  // the oldest of them began

  void add(const partition::ChangeRecord& change);
};
ChangeTally tally_of(const std::vector<partition::ChangeRecord>& changes);

}  // namespace septet::metrics
