#include "plan/pods/typical.h"

#include <algorithm>
#include <tuple>

namespace septet::plan::pods {

namespace {

auto order_of(const Typical& pod) {
  return std::tie(pod.share, pod.shape.cpu_milli, pod.shape.gpu_milli, pod.shape.gpus,
                  pod.shape.spec);
}

}  // namespace

std::vector<Typical> typical_pods(std::span<const Shape> shapes,
                                  std::span<const std::size_t> counts, double percent) {
  std::vector<Typical> pods;
  double total = 0;
  for (std::size_t s = 0; s < shapes.size(); ++s) {
    Shape shape = shapes[s];
    shape.memory_mib = 0;
    const auto count = static_cast<double>(counts[s]);
    total += count;
    const auto same = std::ranges::find(pods, shape, &Typical::shape);
    if (same == pods.end()) {
      pods.push_back({std::move(shape), count});
    } else {
      same->share += count;
    }
  }
  std::ranges::sort(pods,
                    [](const Typical& a, const Typical& b) { return order_of(a) > order_of(b); });
  // In the order and the arithmetic of the simulator: scores are rounded, the last bit can matter.
  const double wanted = percent * total / 100.0;
  double covered = 0;
  std::size_t kept = 0;
  while (covered < wanted && kept < pods.size()) {
    covered += pods[kept].share;
    pods[kept].share /= total;
    ++kept;
  }
  if (kept == pods.size()) return pods;
  pods.resize(kept);
  for (Typical& pod : pods) pod.share /= covered / total;
  return pods;
}

}  // namespace septet::plan::pods
