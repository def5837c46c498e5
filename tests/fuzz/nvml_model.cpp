#include "fuzz/nvml_model.h"

#include <algorithm>

namespace septet::fuzz {

namespace {

constexpr std::uint32_t kComputeProfiles = 9;

bool overlaps_any(const ModelInstance& in, mig::Placement at) {
  return std::ranges::any_of(in.compute,
                             [&](const ModelCompute& one) { return one.at.overlaps(at); });
}

// Every place that a start mask allows.
std::vector<mig::Placement> places(std::uint16_t starts, std::uint8_t size) {
  std::vector<mig::Placement> all;
  for (std::uint8_t start = 0; start < 16; ++start) {
    if (((starts >> start) & 1u) != 0) all.push_back({start, size});
  }
  return all;
}

// The most instances of `profile` that can stand beside `standing`, trying every set of places.
unsigned most(const mig::Geometry& geometry, std::vector<mig::Instance>& standing,
              const mig::GpuInstanceProfile& profile, std::uint8_t from) {
  unsigned best = 0;
  for (const auto at : places(profile.starts, profile.size)) {
    if (at.start < from) continue;
    standing.push_back({&profile, at});
    if (mig::Layout::make(geometry, standing)) {
      best = std::max(
          best, 1 + most(geometry, standing, profile, static_cast<std::uint8_t>(at.start + 1)));
    }
    standing.pop_back();
  }
  return best;
}

}  // namespace

ModelInstance* NvmlModel::find(std::uint32_t id) {
  const auto found = std::ranges::find(instances_, id, &ModelInstance::id);
  return found == instances_.end() ? nullptr : &*found;
}

bool NvmlModel::legal_with(const mig::GpuInstanceProfile& profile, mig::Placement at) const {
  std::vector<mig::Instance> all{{&profile, at}};
  for (const auto& instance : instances_) all.push_back(instance.what);
  return mig::Layout::make(geometry_, std::move(all)).has_value();
}

nvmlReturn_t NvmlModel::may_create(std::uint32_t profile_id,
                                   std::optional<mig::Placement> at) const {
  if (!mig) return NVML_ERROR_NOT_SUPPORTED;
  const auto* const profile = geometry_.find_id(profile_id);
  if (profile == nullptr) return NVML_ERROR_INVALID_ARGUMENT;
  const auto candidates = places(profile->starts, profile->size);
  if (at && std::ranges::find(candidates, *at) == candidates.end())
    return NVML_ERROR_INVALID_ARGUMENT;
  const bool possible = std::ranges::any_of(candidates, [&](mig::Placement place) {
    return (!at || *at == place) && legal_with(*profile, place);
  });
  return possible ? NVML_SUCCESS : NVML_ERROR_INSUFFICIENT_RESOURCES;
}

nvmlReturn_t NvmlModel::may_create_compute(const ModelInstance& in, std::uint32_t profile_id,
                                           std::optional<mig::Placement> at) const {
  if (profile_id >= kComputeProfiles) return NVML_ERROR_INVALID_ARGUMENT;
  const auto* const profile = in.what.profile->find_compute(profile_id);
  if (profile == nullptr) return NVML_ERROR_NOT_SUPPORTED;
  const auto candidates = places(profile->starts, profile->size);
  if (at) {
    if (std::ranges::find(candidates, *at) == candidates.end()) return NVML_ERROR_INVALID_ARGUMENT;
    if (!overlaps_any(in, *at)) return NVML_SUCCESS;
    const bool ampere = product_.architecture == mig::Architecture::kAmpere;
    return ampere ? NVML_ERROR_INSUFFICIENT_RESOURCES : NVML_ERROR_IN_USE;
  }
  const bool possible = std::ranges::any_of(
      candidates, [&](mig::Placement place) { return !overlaps_any(in, place); });
  return possible ? NVML_SUCCESS : NVML_ERROR_INSUFFICIENT_RESOURCES;
}

nvmlReturn_t NvmlModel::may_destroy(const ModelInstance& instance) {
  return instance.compute.empty() ? NVML_SUCCESS : NVML_ERROR_IN_USE;
}

nvmlReturn_t NvmlModel::set_mode(bool on) {
  pending = on;
  if (pending == mig) return NVML_SUCCESS;
  if (!instances_.empty()) return NVML_ERROR_IN_USE;
  if (product_.architecture == mig::Architecture::kAmpere) return NVML_ERROR_RESET_REQUIRED;
  mig = on;
  return NVML_SUCCESS;
}

unsigned NvmlModel::capacity(const mig::GpuInstanceProfile& profile) const {
  std::vector<mig::Instance> standing;
  for (const auto& instance : instances_) standing.push_back(instance.what);
  return most(geometry_, standing, profile, 0);
}

unsigned NvmlModel::compute_capacity(const ModelInstance& in,
                                     const mig::ComputeInstanceProfile& profile) const {
  unsigned count = 0;  // intervals of one length: taking the leftmost free one first is the most
  std::uint8_t from = 0;
  for (const auto at : places(profile.starts, profile.size)) {
    if (at.start < from || overlaps_any(in, at)) continue;
    ++count;
    from = static_cast<std::uint8_t>(at.start + at.size);
  }
  return count;
}

bool NvmlModel::created(std::uint32_t id, std::uint32_t profile_id, mig::Placement at) {
  const auto* const profile = geometry_.find_id(profile_id);
  if (profile == nullptr || !legal_with(*profile, at) || find(id) != nullptr) return false;
  if (mig::gpu_instance_id(*profile, at.start, chip_) != id) return false;
  instances_.push_back({id, {profile, at}, {}});
  std::ranges::sort(instances_, {}, &ModelInstance::id);
  return true;
}

bool NvmlModel::created_compute(std::uint32_t gi, std::uint32_t id, std::uint32_t profile_id,
                                mig::Placement at) {
  ModelInstance* const in = find(gi);
  if (in == nullptr || may_create_compute(*in, profile_id, at) != NVML_SUCCESS) return false;
  std::uint32_t lowest = 0;
  while (std::ranges::find(in->compute, lowest, &ModelCompute::id) != in->compute.end()) ++lowest;
  if (id != lowest) return false;
  in->compute.push_back({id, in->what.profile->find_compute(profile_id), at});
  std::ranges::sort(in->compute, {}, &ModelCompute::id);
  return true;
}

void NvmlModel::destroyed(std::uint32_t gi) {
  std::erase_if(instances_, [&](const ModelInstance& one) { return one.id == gi; });
}

void NvmlModel::destroyed_compute(std::uint32_t gi, std::uint32_t id) {
  if (ModelInstance* const in = find(gi); in != nullptr) {
    std::erase_if(in->compute, [&](const ModelCompute& one) { return one.id == id; });
  }
}

}  // namespace septet::fuzz
