#include "mig/slice_share.h"

namespace septet::mig {

SliceShare slice_share(const Node& node) {
  SliceShare share;
  for (const Gpu& gpu : node.gpus) {
    if (!gpu.geometry) continue;
    const Geometry& geometry = gpu.geometry->geometry;
    share.compute_total += geometry.slices;
    share.memory_total += geometry.units;
    for (const GpuInstance& instance : gpu.instances) {
      const auto* profile = geometry.find_id(instance.profile_id);
      share.compute_used += profile != nullptr ? profile->slices : 0u;
      share.memory_used += instance.at.size;
    }
  }
  return share;
}

}  // namespace septet::mig
