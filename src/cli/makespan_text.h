// cli/makespan_text.h — a schedule of jobs on one GPU in words, and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "plan/makespan/shortest.h"

namespace septet::cli {

// The same jobs on a layout that stays as it is.
struct FixedLayoutTime {
  std::string name;                     // "all-balanced"
  std::string profiles;                 // "3g.40gb, 2g.20gb, 2 x 1g.10gb"
  std::optional<plan::Ticks> makespan;  // nullopt: a job does not run there
};

struct ToldMakespan {
  std::string product;
  std::vector<plan::MoldableJob> jobs;
  std::string calls;  // where the times of driver calls are from
  plan::MakespanPlan plan;
  std::vector<FixedLayoutTime> fixed;
};

std::string makespan_text(const ToldMakespan& told);
Json to_json(const ToldMakespan& told);

}  // namespace septet::cli
