#include "verify/acceptable.h"

#include <algorithm>
#include <cmath>

#include "mig/profile_name.h"

namespace septet::verify {

namespace {

bool enough(const mig::Fact& has, std::uint64_t need) {
  return need == 0 || (has.usable() && has.value >= need);
}

bool enough_memory(const mig::GpuInstanceProfile& profile, std::uint64_t bytes) {
  if (bytes == 0) return true;
  if (!profile.memory_mib.usable()) return false;
  const std::uint64_t all = profile.memory_mib.value;
  const std::uint64_t kept = profile.reserved_mib.usable() ? profile.reserved_mib.value : 0;
  return all > kept && ((all - kept) << 20u) >= bytes;
}

// A share is of the SMs of the profile that has most; rounded up, but for the dust of the division.
bool enough_share(const mig::Geometry& geometry, const mig::GpuInstanceProfile& profile,
                  double percent) {
  if (percent <= 0) return true;
  std::uint64_t most = 0;
  for (const mig::GpuInstanceProfile& row : geometry.profiles) {
    if (row.sm.usable()) most = std::max<std::uint64_t>(most, row.sm.value);
  }
  if (most == 0) return false;
  const double need = std::ceil(percent * static_cast<double>(most) / 100.0 - 1e-9);
  return profile.sm.usable() && static_cast<double>(profile.sm.value) >= need;
}

}  // namespace

bool allowed(const mig::Product& product, const WorkloadClaim& workload) {
  return workload.products.empty() ||
         std::ranges::find(workload.products, product.id) != workload.products.end();
}

bool acceptable(const mig::Geometry& geometry, const mig::GpuInstanceProfile& profile,
                const WorkloadClaim& workload) {
  if (!workload.profile.empty()) {
    const auto named = mig::match_profile(geometry, workload.profile);
    return named.has_value() && *named == &profile;
  }
  const Needs& needs = workload.needs;
  return !profile.graphics && enough_memory(profile, needs.memory_bytes) &&
         enough_share(geometry, profile, needs.compute_percent) && enough(profile.sm, needs.sms) &&
         profile.slices >= needs.slices && enough(profile.dec, needs.decoders) &&
         enough(profile.jpg, needs.jpeg) && enough(profile.ofa, needs.optical_flow);
}

}  // namespace septet::verify
