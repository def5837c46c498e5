#include "cli/top/power_share.h"

#include <algorithm>

namespace septet::cli::top {

std::vector<std::optional<double>> power_shares_mw(const mig::Gpu& gpu) {
  std::vector<std::optional<double>> shares(gpu.instances.size());
  const bool idle_known = gpu.product != nullptr && gpu.product->power_idle_w.usable();
  if (!gpu.power_mw || !idle_known || !gpu.geometry || gpu.geometry->geometry.slices == 0) {
    return shares;
  }
  std::vector<double> slices, active;
  double active_sum = 0, slice_sum = 0;
  for (const mig::GpuInstance& instance : gpu.instances) {
    const auto* profile = gpu.geometry->geometry.find_id(instance.profile_id);
    if (profile == nullptr || !instance.usage.sm_percent) return shares;
    slices.push_back(profile->slices);
    active.push_back(slices.back() * *instance.usage.sm_percent);
    slice_sum += slices.back();
    active_sum += active.back();
  }
  const double power = *gpu.power_mw;
  const double idle = std::min(power, gpu.product->power_idle_w.value * 1000.0);
  for (std::size_t i = 0; i < shares.size(); ++i) {
    const double part = active_sum > 0  ? active[i] / active_sum
                        : slice_sum > 0 ? slices[i] / slice_sum
                                        : 0;
    shares[i] = idle * slices[i] / gpu.geometry->geometry.slices + (power - idle) * part;
  }
  return shares;
}

}  // namespace septet::cli::top
