#include "lab/model/transfer.h"

#include <algorithm>

namespace septet::lab {

double link_bytes_per_second(const GpuModel& gpu) { return gpu.pcie_gb_s.value * 1e9; }

double link_cap(const GpuModel& gpu, const mig::GpuInstanceProfile& profile) {
  unsigned most = 0;
  for (const mig::GpuInstanceProfile& other : gpu.product->geometry.profiles) {
    if (other.ce.usable()) most = std::max(most, other.ce.value);
  }
  const double whole = link_bytes_per_second(gpu);
  if (most == 0 || !profile.ce.usable() || profile.ce.value == 0) return whole;
  return whole * profile.ce.value / most;
}

void share_link(double whole, std::span<const double> caps, std::span<double> rates) {
  std::ranges::fill(rates, 0.0);
  double left = whole;
  std::size_t open = caps.size();
  while (open > 0) {
    const double part = left / static_cast<double>(open);
    bool capped = false;
    for (std::size_t i = 0; i < caps.size(); ++i) {
      if (rates[i] > 0.0 || caps[i] > part) continue;
      rates[i] = caps[i];
      left -= caps[i];
      --open;
      capped = true;
    }
    if (capped) continue;
    for (std::size_t i = 0; i < caps.size(); ++i) {
      if (rates[i] == 0.0) rates[i] = part;
    }
    return;
  }
}

}  // namespace septet::lab
