#include "far_instances.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace septet::bench {

namespace {

constexpr std::array<unsigned, 5> kSizes = {1, 2, 3, 4, 7};
constexpr unsigned kMemoryBoundPercent = 50;

double clipped_normal(std::mt19937_64& random, double mean, double deviation, double least,
                      double most) {
  return std::clamp(std::normal_distribution<double>(mean, deviation)(random), least, most);
}

// Seconds on one to seven slices. From s - 1 to s slices the time is multiplied by
// (s - 1 + r) / s: r is near 1 where the job does not scale, near 0 where it does, below 0 where
// more memory bandwidth makes it scale better than its slices.
std::array<double, 8> draw_times(std::mt19937_64& random, const FarFamily& family,
                                 unsigned scales_to, bool memory_bound) {
  std::array<double, 8> seconds{};
  seconds[1] = std::uniform_real_distribution<double>(family.shortest, family.longest)(random);
  for (unsigned size = 2; size <= 7; ++size) {
    double rest = 0.0;
    // Three and four slices have the same memory.
    if (size > scales_to || (memory_bound && size == 4)) {
      rest = clipped_normal(random, 0.75, 0.25, 0.5, 1.0);
    } else if (memory_bound) {
      rest = clipped_normal(random, -0.3, 0.3, -0.5, 0.0);
      if (std::uniform_real_distribution<double>(0.0, 1.0)(random) <= 0.025) memory_bound = false;
    } else {
      rest = clipped_normal(random, 0.05, 0.05, 0.0, 0.1);
    }
    seconds[size] = seconds[size - 1] * (size - 1 + rest) / size;
  }
  return seconds;
}

// What percentages leave over goes to the first class that has any.
std::array<unsigned, 5> class_counts(const FarFamily& family, unsigned n) {
  std::array<unsigned, 5> counts{};
  unsigned left = n;
  for (std::size_t k = 0; k < counts.size(); ++k) left -= counts[k] = family.scales_to[k] * n / 100;
  *std::ranges::find_if(counts, [](unsigned count) { return count > 0; }) += left;
  return counts;
}

plan::MoldableJob job_of(const std::array<double, 8>& seconds, std::size_t number) {
  const mig::Geometry& geometry = mig::find_product("a100-80gb")->geometry;
  plan::MoldableJob job{fmt::format("job {}", number), {}};
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    if (!profile.classic()) continue;
    job.takes[&profile] = std::llround(seconds.at(profile.slices) * plan::kSecond);
  }
  return job;
}

}  // namespace

const std::array<FarFamily, 6> kFarFamilies = {{
    {"PoorScaling", "1-100", {50, 50, 0, 0, 0}, 1.0, 100.0},
    {"PoorScaling", "90-100", {50, 50, 0, 0, 0}, 90.0, 100.0},
    {"MixedScaling", "1-100", {20, 20, 20, 20, 20}, 1.0, 100.0},
    {"MixedScaling", "90-100", {20, 20, 20, 20, 20}, 90.0, 100.0},
    {"GoodScaling", "1-100", {0, 0, 0, 50, 50}, 1.0, 100.0},
    {"GoodScaling", "90-100", {0, 0, 0, 50, 50}, 90.0, 100.0},
}};

std::vector<std::vector<plan::MoldableJob>> far_instances(const FarFamily& family, unsigned n,
                                                          unsigned count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<std::vector<plan::MoldableJob>> instances(count);
  const auto counts = class_counts(family, n);
  for (auto& jobs : instances) {
    for (std::size_t k = 0; k < kSizes.size(); ++k) {
      const unsigned of_class = counts[k];
      for (unsigned i = 0; i < of_class; ++i) {
        const bool memory_bound = i < of_class * kMemoryBoundPercent / 100;
        jobs.push_back(
            job_of(draw_times(random, family, kSizes[k], memory_bound), jobs.size() + 1));
      }
    }
    std::ranges::shuffle(jobs, random);
  }
  return instances;
}

}  // namespace septet::bench
