#include "lab/openb/replay.h"

#include <cmath>
#include <limits>

#include "plan/pods/placer.h"

namespace septet::lab::openb {

namespace {

// Means over the arrivals at each measured load.
class LoadMeans {
 public:
  explicit LoadMeans(std::int64_t all) : all_(static_cast<double>(all)) {}

  void note(std::int64_t asked, std::int64_t allocated) {
    const double load = std::nearbyint(static_cast<double>(asked) / all_ * 100);
    const double part = std::nearbyint(static_cast<double>(allocated) / all_ * 10000) / 100;
    for (std::size_t i = 0; i < kMeasuredLoads.size(); ++i) {
      if (load != kMeasuredLoads[i]) continue;
      sums_[i] += part;
      counts_[i] += 1;
    }
  }
  double mean(std::size_t i) const {
    if (counts_[i] == 0) return std::numeric_limits<double>::quiet_NaN();
    return std::nearbyint(sums_[i] / counts_[i] * 100) / 100;
  }

 private:
  double all_;
  std::array<double, kMeasuredLoads.size()> sums_{}, counts_{};
};

}  // namespace

Experiment replay(const Cluster& cluster, const Trace& trace, const Arrivals& arrivals,
                  plan::pods::Policy policy, std::uint64_t seed) {
  std::vector<plan::pods::Node> nodes;
  nodes.reserve(arrivals.nodes.size());
  for (const std::uint32_t n : arrivals.nodes) nodes.push_back(cluster.nodes[n].node);
  plan::pods::Placer placer(std::move(nodes), {trace.shapes, trace.shape_counts}, policy, seed);
  Experiment experiment;
  experiment.placed.reserve(arrivals.pods.size());
  LoadMeans means(cluster.total_gpu_milli());
  std::int64_t asked = 0;
  for (const std::uint32_t pod : arrivals.pods) {
    const std::uint32_t shape = trace.shape_of[pod];
    asked += trace.shapes[shape].total_gpu_milli();
    const auto placement = placer.place(shape);
    experiment.placed.push_back(placement ? std::optional(arrivals.nodes[placement->node])
                                          : std::nullopt);
    if (placement) {
      experiment.allocated_gpu_milli += trace.shapes[shape].total_gpu_milli();
      experiment.allocated_cpu_milli += trace.shapes[shape].cpu_milli;
    } else {
      ++experiment.lost;
    }
    means.note(asked, experiment.allocated_gpu_milli);
  }
  for (std::size_t i = 0; i < kMeasuredLoads.size(); ++i) experiment.allocated[i] = means.mean(i);
  return experiment;
}

}  // namespace septet::lab::openb
