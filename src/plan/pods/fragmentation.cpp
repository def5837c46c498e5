#include "plan/pods/fragmentation.h"

#include <algorithm>
#include <cmath>

namespace septet::plan::pods {

namespace {

// Why a node's free GPU is of no use to a pod: FGD's cases, summed apart and in this order, as its
// simulator does (the sum of doubles depends on it).
enum class Lacks : std::uint8_t { kBoth, kGpu, kCpu, kAnyGpu, kAnyGpuAndCpu, kModel };
constexpr std::size_t kLacks = 6;

int rounded_score(double before, double after) {
  return static_cast<int>(1.0 / (1.0 + std::exp(-((before - after) / 1000))) * 100.0);
}

}  // namespace

Fragmentation::Fragmentation(std::span<const Typical> typical) {
  for (const Typical& pod : typical) sizes_.push_back(pod.shape.gpu_milli);
  std::ranges::sort(sizes_);
  sizes_.erase(std::ranges::unique(sizes_).begin(), sizes_.end());
  for (const Typical& pod : typical) {
    const auto size = std::ranges::lower_bound(sizes_, pod.shape.gpu_milli) - sizes_.begin();
    wishes_.push_back({pod.shape.cpu_milli, pod.shape.models,
                       static_cast<std::uint8_t>(pod.shape.gpus), static_cast<std::uint8_t>(size),
                       pod.share});
  }
}

double Fragmentation::of(const Node& node) const {
  const std::int32_t left = node.total_gpu_milli();
  if (left == 0) return 0;
  std::array<std::int32_t, 64> too_full;  // what is left on GPUs that cannot host this size
  std::array<std::uint8_t, 64> enough;    // how many GPUs can
  for (std::size_t s = 0; s < sizes_.size(); ++s) {
    std::int32_t lost = 0;
    int count = 0;
    for (const std::int16_t gpu : node.gpu_milli) {
      const bool can = gpu >= sizes_[s];
      lost += can ? 0 : gpu;
      count += can;
    }
    too_full[s] = lost;
    enough[s] = static_cast<std::uint8_t>(count);
  }
  std::array<double, kLacks> sums{};
  for (const Wish& wish : wishes_) {
    const bool cpu = node.cpu_milli >= wish.cpu_milli;
    Lacks lack = Lacks::kGpu;
    std::int32_t lost = left;
    if (wish.gpus == 0) {
      lack = cpu ? Lacks::kAnyGpu : Lacks::kAnyGpuAndCpu;
    } else if ((wish.models >> node.model & 1u) == 0) {
      lack = Lacks::kModel;
    } else if (enough[wish.size] < wish.gpus) {
      lack = cpu ? Lacks::kGpu : Lacks::kBoth;
    } else if (!cpu) {
      lack = Lacks::kCpu;
    } else {
      lost = too_full[wish.size];
    }
    sums[static_cast<std::size_t>(lack)] += wish.share * lost;
  }
  double sum = 0;
  for (const double part : sums) sum += part;
  return sum;
}

FgdChoice fgd_choice(const Fragmentation& fragmentation, const Node& node, double before,
                     const Shape& shape) {
  Node after = node;
  after.cpu_milli -= shape.cpu_milli;
  FgdChoice best;
  if (!shape.shares()) {
    best.gpus = first_untouched(node, shape.gpus);
    for (std::size_t g = 0; g < kMostGpus; ++g)
      if ((best.gpus >> g & 1u) != 0) after.gpu_milli[g] = 0;
    best.score = rounded_score(before, fragmentation.of(after));
    return best;
  }
  for (std::size_t g = 0; g < kMostGpus; ++g) {
    const std::int16_t left = node.gpu_milli[g];
    if (left < shape.gpu_milli) continue;
    // An equal GPU before this one has the same score, and the first of equals is taken.
    if (std::find(node.gpu_milli.begin(), node.gpu_milli.begin() + static_cast<long>(g), left) !=
        node.gpu_milli.begin() + static_cast<long>(g))
      continue;
    after.gpu_milli[g] = static_cast<std::int16_t>(left - shape.gpu_milli);
    const int score = rounded_score(before, fragmentation.of(after));
    after.gpu_milli[g] = left;
    if (best.gpus == 0 || score > best.score) best = {score, static_cast<GpuSet>(1u << g)};
  }
  return best;
}

}  // namespace septet::plan::pods
