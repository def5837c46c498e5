#include "plan/pods/fleet.h"

#include "base/result.h"

namespace septet::plan::pods {

std::int32_t Node::total_gpu_milli() const {
  std::int32_t total = 0;
  for (const std::int16_t left : gpu_milli) total += left;
  return total;
}

int Node::free_gpus() const {
  int count = 0;
  for (const std::int16_t left : gpu_milli) count += left == kWholeGpu;
  return count;
}

bool fits(const Node& node, const Shape& shape) {
  if (node.cpu_milli < shape.cpu_milli || node.memory_mib < shape.memory_mib) return false;
  if (shape.gpus == 0) return true;
  if ((shape.models >> node.model & 1u) == 0) return false;
  int enough = 0;
  for (const std::int16_t left : node.gpu_milli) enough += left >= shape.gpu_milli;
  return enough >= shape.gpus;
}

GpuSet first_untouched(const Node& node, int gpus) {
  GpuSet chosen = 0;
  for (std::size_t g = 0; g < kMostGpus && gpus > 0; ++g) {
    if (node.gpu_milli[g] != kWholeGpu) continue;
    chosen = static_cast<GpuSet>(chosen | 1u << g);
    --gpus;
  }
  return chosen;
}

GpuSet tightest(const Node& node, const Shape& shape) {
  if (!shape.shares()) return first_untouched(node, shape.gpus);
  std::size_t best = kMostGpus;
  for (std::size_t g = 0; g < kMostGpus; ++g) {
    if (node.gpu_milli[g] < shape.gpu_milli) continue;
    if (best == kMostGpus || node.gpu_milli[g] < node.gpu_milli[best]) best = g;
  }
  return best == kMostGpus ? GpuSet{0} : static_cast<GpuSet>(1u << best);
}

void take(Node& node, const Shape& shape, GpuSet gpus) {
  node.cpu_milli -= shape.cpu_milli;
  node.memory_mib -= shape.memory_mib;
  SEPTET_ASSERT(node.cpu_milli >= 0 && node.memory_mib >= 0);
  int taken = 0;
  for (std::size_t g = 0; g < kMostGpus; ++g) {
    if ((gpus >> g & 1u) == 0) continue;
    node.gpu_milli[g] = static_cast<std::int16_t>(node.gpu_milli[g] - shape.gpu_milli);
    SEPTET_ASSERT(node.gpu_milli[g] >= 0);
    ++taken;
  }
  SEPTET_ASSERT(taken == shape.gpus);
  if (shape.gpus == 0) return;
  node.holds = static_cast<std::uint16_t>(node.holds | 1u << (shape.shares() ? 0 : shape.gpus));
}

}  // namespace septet::plan::pods
