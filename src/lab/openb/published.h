// lab/openb/published.h — what the simulator's authors publish, to stand beside a replay.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "base/csv.h"
#include "lab/openb/replay.h"

namespace septet::lab::openb {

struct PublishedMean {
  std::string trace;  // "default"
  plan::pods::Policy policy = plan::pods::Policy::kRandom;
  std::array<double, kMeasuredLoads.size()> allocated{};  // percent, mean of seeds 42..51 at 1.3
};

// expected_alloc_ratio_summary.csv: workload, policy, alloc_at_90_mean, ..., alloc_at_130_mean.
// Errors. kInvalidArgument with file, line and column.
Result<std::vector<PublishedMean>> parse_published(const CsvTable& table);

const PublishedMean* published_for(const std::vector<PublishedMean>& means, std::string_view trace,
                                   plan::pods::Policy policy);

}  // namespace septet::lab::openb
