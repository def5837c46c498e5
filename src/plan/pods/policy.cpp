#include "plan/pods/policy.h"

#include <algorithm>

namespace septet::plan::pods {

namespace {

constexpr int kTopScore = 100;

int dot_product_score(const Node& node, const Shape& shape) {
  const double cpu = node.cpu_milli / kLargestCpu * (shape.cpu_milli / kLargestCpu);
  const double gpu = node.total_gpu_milli() / kLargestGpu * (shape.total_gpu_milli() / kLargestGpu);
  return static_cast<int>(kTopScore * (1 - (cpu + gpu) / 2));
}

// Four bands of 25, each by how much of the node is in use.
int clustering_score(const Node& node, const Shape& shape) {
  if (shape.gpus == 0) return 0;
  constexpr int kBand = kTopScore / 4, kLargest = static_cast<int>(kLargestGpu);
  const int used = kBand * (kLargest - node.total_gpu_milli()) / kLargest;
  const unsigned kind = 1u << (shape.shares() ? 0 : shape.gpus);
  if ((node.holds & kind) != 0) return used + (node.holds == kind ? 75 : 50);
  return used + (node.holds == 0 ? 25 : 0);
}

int packing_score(const Node& node, const Shape& shape) {
  if (shape.gpus == 0) return 0;
  const int untouched = node.free_gpus();
  if (untouched == node.gpus) return std::max(kTopScore / 3 - untouched, untouched);
  std::array<std::int16_t, kMostGpus> left = node.gpu_milli;
  std::sort(left.begin(), left.end());
  int wanted = shape.gpus, fresh = 0, free_percent = 0;
  for (const std::int16_t gpu : left) {
    if (wanted == 0) break;
    if (gpu < shape.gpu_milli) continue;
    --wanted;
    if (gpu == kWholeGpu) ++fresh;
    free_percent += gpu * 100 / kWholeGpu;
  }
  if (fresh > 0) return std::max(kTopScore / 2 - fresh, kTopScore / 3);
  return std::max(kTopScore - free_percent / 10, kTopScore / 2);
}

int best_fit_score(const Node& node, const Shape& shape) {
  double left = 0;
  left += (node.cpu_milli - shape.cpu_milli) / kLargestCpu * 0.5;
  left += (node.total_gpu_milli() - shape.total_gpu_milli()) / kLargestGpu * 0.5;
  return static_cast<int>((1.0 - left) * kTopScore);
}

}  // namespace

std::string_view to_string(Policy policy) {
  switch (policy) {
    case Policy::kRandom: return "random";
    case Policy::kDotProduct: return "dot-product";
    case Policy::kGpuClustering: return "clustering";
    case Policy::kGpuPacking: return "packing";
    case Policy::kBestFit: return "best-fit";
    case Policy::kFgd: return "fgd";
    case Policy::kOurs: return "ours";
  }
  return "";
}

std::optional<Policy> policy_named(std::string_view word) {
  for (const Policy policy : kPolicies)
    if (to_string(policy) == word) return policy;
  return std::nullopt;
}

int published_score(Policy policy, const Node& node, const Shape& shape) {
  switch (policy) {
    case Policy::kDotProduct: return dot_product_score(node, shape);
    case Policy::kGpuClustering: return clustering_score(node, shape);
    case Policy::kGpuPacking: return packing_score(node, shape);
    case Policy::kBestFit: return best_fit_score(node, shape);
    case Policy::kFgd:
    case Policy::kRandom:
    case Policy::kOurs: break;
  }
  return 0;
}

}  // namespace septet::plan::pods
