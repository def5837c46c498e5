// plan/testing/random_jobs.h — jobs whose times follow no rule: more slices may take longer, some
// profiles are missing, equal times are common.
#pragma once

#include <fmt/format.h>

#include <random>

#include "plan/makespan/problem.h"

namespace septet::plan::testing {

inline std::vector<MoldableJob> random_jobs(std::mt19937_64& random, const mig::Geometry& geometry,
                                            std::size_t count, bool also_double_memory) {
  std::vector<MoldableJob> jobs;
  while (jobs.size() < count) {
    MoldableJob job{fmt::format("job {}", jobs.size()), {}};
    for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
      if (profile.media != mig::Media::kPlain || profile.graphics) continue;
      if (!also_double_memory && !profile.classic()) continue;
      if (random() % 5 == 0) continue;
      job.takes[&profile] = static_cast<Ticks>(1 + random() % 40) * kSecond / 4;
    }
    if (!job.takes.empty()) jobs.push_back(std::move(job));
  }
  return jobs;
}

inline CallCosts random_costs(std::mt19937_64& random, const mig::Geometry& geometry) {
  CallCosts costs;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles)
    costs[&profile] = {static_cast<Ticks>(random() % 8) * kSecond / 8,
                       static_cast<Ticks>(random() % 8) * kSecond / 8};
  return costs;
}

}  // namespace septet::plan::testing
