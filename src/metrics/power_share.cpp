#include "metrics/power_share.h"

#include <algorithm>

namespace septet::metrics {

std::vector<std::optional<std::uint32_t>> power_shares_mw(const mig::Gpu& gpu) {
  std::vector<std::optional<std::uint32_t>> shares(gpu.instances.size());
  if (!gpu.power_mw || gpu.product == nullptr || !gpu.product->power_idle_w.usable() ||
      !gpu.geometry || gpu.geometry->geometry.slices == 0)
    return shares;
  const mig::Geometry& geometry = gpu.geometry->geometry;
  double busy = 0;  // slices x activity
  for (const mig::GpuInstance& instance : gpu.instances) {
    const auto* const profile = geometry.find_id(instance.profile_id);
    if (profile == nullptr || !instance.usage.sm_percent) return shares;
    busy += profile->slices * static_cast<double>(*instance.usage.sm_percent);
  }
  const double drawn = *gpu.power_mw;
  const double idle = std::min(drawn, gpu.product->power_idle_w.value * 1000.0);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const mig::GpuInstance& instance = gpu.instances[i];
    const double slices = geometry.find_id(instance.profile_id)->slices;
    const double active = slices * *instance.usage.sm_percent;
    shares[i] = static_cast<std::uint32_t>(idle * slices / geometry.slices +
                                           (busy > 0 ? (drawn - idle) * active / busy : 0.0));
  }
  return shares;
}

}  // namespace septet::metrics
