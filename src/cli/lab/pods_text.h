// cli/lab/pods_text.h — a replay of the openb trace as a table and as JSON.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "lab/openb/bound.h"
#include "lab/openb/published.h"

namespace septet::cli::lab_verbs {

struct ToldPolicy {
  plan::pods::Policy policy;
  std::vector<lab::openb::Experiment> experiments;  // by seed; `placed` is not needed
  std::optional<lab::openb::PublishedMean> published;
};
struct ToldTrace {
  std::string name;
  std::size_t pods = 0;
  std::vector<ToldPolicy> policies;
  std::optional<lab::openb::Bounds> bounds;  // none: no solver on this machine
};
struct ToldPods {
  std::size_t nodes = 0;
  std::int64_t gpus = 0;
  std::uint32_t first_seed = 0, seeds = 0;
  double load = 0;
  std::vector<ToldTrace> traces;
};

std::string pods_text(const ToldPods& told);
Json to_json(const ToldPods& told);

}  // namespace septet::cli::lab_verbs
