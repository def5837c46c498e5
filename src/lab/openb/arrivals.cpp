#include "lab/openb/arrivals.h"

#include <numeric>

#include "lab/openb/go_random.h"

namespace septet::lab::openb {

namespace {

// Between the pods' order and the nodes' the simulator starts its scheduler, whose ten watchers
// draw once each. Found by matching the nodes of golden_fgd_default_seed42_placements.csv, whose
// 1,213 ranks all agree with ten and none with another number.
constexpr int kStartupDraws = 10;

// More pods than the load wants: random ones are dropped (the simulator's tuneDownPods).
void drop_pods(std::vector<std::uint32_t>& pods, const Trace& trace, double wanted,
               GoRandom& random) {
  auto asked = static_cast<double>(trace.total_gpu_milli());
  while (asked > wanted && !pods.empty()) {
    const auto at = random.below(static_cast<std::int32_t>(pods.size()));
    const auto victim = pods.begin() + at;
    asked -= trace.shapes[trace.shape_of[*victim]].total_gpu_milli();
    pods.erase(victim);
  }
}

void add_pods(std::vector<std::uint32_t>& pods, const Trace& trace, double wanted,
              GoRandom& random) {
  auto asked = static_cast<double>(trace.total_gpu_milli());
  while (true) {
    const auto pod =
        static_cast<std::uint32_t>(random.below(static_cast<std::int32_t>(trace.names.size())));
    const plan::pods::Shape& shape = trace.shapes[trace.shape_of[pod]];
    // Of a pod of several GPUs the simulator looks at one here.
    if (asked + shape.gpu_milli > wanted) return;
    asked += shape.total_gpu_milli();
    pods.push_back(pod);
  }
}

}  // namespace

Arrivals simulator_arrivals(const Cluster& cluster, const Trace& trace, double load,
                            std::int64_t seed) {
  GoRandom random(seed);
  random.int63();  // the simulator writes one draw into its log
  Arrivals arrivals;
  arrivals.pods.resize(trace.names.size());
  std::iota(arrivals.pods.begin(), arrivals.pods.end(), 0u);
  random.shuffle(std::span(arrivals.pods));
  const double wanted = load * static_cast<double>(cluster.total_gpu_milli());
  const auto asked = static_cast<double>(trace.total_gpu_milli());
  if (asked > wanted) drop_pods(arrivals.pods, trace, wanted, random);
  if (asked < wanted && asked > 0) add_pods(arrivals.pods, trace, wanted, random);
  for (int i = 0; i < kStartupDraws; ++i) random.int63();
  const auto ranks = random.permutation(static_cast<std::int32_t>(cluster.nodes.size()));
  arrivals.nodes.resize(ranks.size());
  for (std::uint32_t n = 0; n < ranks.size(); ++n)
    arrivals.nodes[static_cast<std::size_t>(ranks[n])] = n;
  return arrivals;
}

}  // namespace septet::lab::openb
