#include "fuzz/nvml_session.h"

#include <optional>
#include <vector>

#include "driver/simulated/state.h"
#include "simnvml/abi/prototypes_device.h"
#include "simnvml/abi/prototypes_library.h"
#include "simnvml/abi/prototypes_mig.h"

namespace septet::fuzz {

namespace {

namespace sim = driver::simulated;

void expect(nvmlReturn_t got, nvmlReturn_t wanted) {
  if (got != wanted) std::fprintf(stderr, "answered %u, expected %u\n", got, wanted);
  SEPTET_ASSERT(got == wanted);
}

}  // namespace

NvmlSession::NvmlSession(const mig::Geometry& geometry, NvmlModel& model)
    : geometry_(geometry), model_(model) {
  expect(nvmlInit_v2(), NVML_SUCCESS);
  expect(nvmlDeviceGetHandleByIndex_v2(0, &gpu_), NVML_SUCCESS);
}

NvmlSession::~NvmlSession() { expect(nvmlShutdown(), NVML_SUCCESS); }

void NvmlSession::call(ByteReader& in) {
  switch (in.pick(8)) {
    case 0:
    case 1: return create(in);
    case 2: return destroy(in);
    case 3:
    case 4: return create_compute(in);
    case 5: return destroy_compute(in);
    case 6: return set_mode(in.pick(4) != 0);
    case 7: return ask_capacity(in);
  }
}

void NvmlSession::compare() const {
  unsigned current = 9, pending = 9;
  expect(nvmlDeviceGetMigMode(gpu_, &current, &pending), NVML_SUCCESS);
  SEPTET_ASSERT((current != 0) == model_.mig && (pending != 0) == model_.pending);
  if (!model_.mig) return;
  std::vector<std::uint32_t> listed;
  for (const auto& profile : geometry_.profiles) {
    nvmlGpuInstance_t found[sim::kMaxGpuInstances];
    unsigned count = sim::kMaxGpuInstances;
    expect(nvmlDeviceGetGpuInstances(gpu_, profile.id, found, &count), NVML_SUCCESS);
    for (unsigned i = 0; i < count; ++i) listed.push_back(check_instance(found[i], profile.id));
  }
  SEPTET_ASSERT(listed.size() == model_.instances().size());
  compare_devices();
}

std::uint32_t NvmlSession::a_profile(ByteReader& in) const {
  const auto index = in.pick(geometry_.profiles.size() + 1);
  return index < geometry_.profiles.size() ? geometry_.profiles[index].id : in.byte();
}

ModelInstance* NvmlSession::an_instance(ByteReader& in) const {
  const auto& all = model_.instances();
  return all.empty() ? nullptr : model_.find(all[in.pick(all.size())].id);
}

nvmlGpuInstance_t NvmlSession::handle(const ModelInstance& instance) const {
  nvmlGpuInstance_t handle = nullptr;
  expect(nvmlDeviceGetGpuInstanceById(gpu_, instance.id, &handle), NVML_SUCCESS);
  return handle;
}

std::uint32_t NvmlSession::check_instance(nvmlGpuInstance_t handle,
                                          std::uint32_t profile_id) const {
  nvmlGpuInstanceInfo_t info{};
  expect(nvmlGpuInstanceGetInfo(handle, &info), NVML_SUCCESS);
  const ModelInstance* const known = model_.find(info.id);
  SEPTET_ASSERT(known != nullptr && info.device == gpu_);
  SEPTET_ASSERT(info.profileId == profile_id && known->what.profile->id == profile_id);
  SEPTET_ASSERT(info.placement.start == known->what.at.start);
  SEPTET_ASSERT(info.placement.size == known->what.at.size);
  return info.id;
}

void NvmlSession::compare_devices() const {
  unsigned index = 0;
  nvmlDevice_t device = nullptr;
  for (const auto& instance : model_.instances()) {
    for (const auto& compute : instance.compute) {
      unsigned gi = 99, ci = 99;
      expect(nvmlDeviceGetMigDeviceHandleByIndex(gpu_, index++, &device), NVML_SUCCESS);
      expect(nvmlDeviceGetGpuInstanceId(device, &gi), NVML_SUCCESS);
      expect(nvmlDeviceGetComputeInstanceId(device, &ci), NVML_SUCCESS);
      SEPTET_ASSERT(gi == instance.id && ci == compute.id);
    }
  }
  expect(nvmlDeviceGetMigDeviceHandleByIndex(gpu_, index, &device), NVML_ERROR_NOT_FOUND);
}

void NvmlSession::create(ByteReader& in) {
  const std::uint32_t profile_id = a_profile(in);
  const auto* const profile = geometry_.find_id(profile_id);
  std::optional<mig::Placement> at;
  if (in.pick(2) == 1) {
    const auto size = profile != nullptr ? profile->size : std::uint8_t{1};
    at = mig::Placement{static_cast<std::uint8_t>(in.pick(13)), size};
  }
  nvmlGpuInstance_t made = nullptr;
  const nvmlReturn_t wanted = model_.may_create(profile_id, at);
  if (at) {
    const nvmlGpuInstancePlacement_t place{at->start, at->size};
    expect(nvmlDeviceCreateGpuInstanceWithPlacement(gpu_, profile_id, &place, &made), wanted);
  } else {
    expect(nvmlDeviceCreateGpuInstance(gpu_, profile_id, &made), wanted);
  }
  if (wanted != NVML_SUCCESS) return;
  nvmlGpuInstanceInfo_t info{};
  expect(nvmlGpuInstanceGetInfo(made, &info), NVML_SUCCESS);
  const mig::Placement got{static_cast<std::uint8_t>(info.placement.start),
                           static_cast<std::uint8_t>(info.placement.size)};
  SEPTET_ASSERT(!at || got == *at);
  SEPTET_ASSERT(model_.created(info.id, profile_id, got));
}

void NvmlSession::destroy(ByteReader& in) {
  const ModelInstance* const instance = an_instance(in);
  if (instance == nullptr) return;
  const nvmlGpuInstance_t gone = handle(*instance);
  const nvmlReturn_t wanted = NvmlModel::may_destroy(*instance);
  expect(nvmlGpuInstanceDestroy(gone), wanted);
  if (wanted != NVML_SUCCESS) return;
  model_.destroyed(instance->id);
  expect(nvmlGpuInstanceDestroy(gone), NVML_ERROR_INVALID_ARGUMENT);
}

void NvmlSession::create_compute(ByteReader& in) {
  const ModelInstance* const inside = an_instance(in);
  if (inside == nullptr) return;
  const auto profile_id = static_cast<std::uint32_t>(in.pick(10));
  const auto* const profile = inside->what.profile->find_compute(profile_id);
  std::optional<mig::Placement> at;
  if (in.pick(2) == 1) {
    const auto size = profile != nullptr ? profile->size : std::uint8_t{1};
    at = mig::Placement{static_cast<std::uint8_t>(in.pick(9)), size};
  }
  nvmlComputeInstance_t made = nullptr;
  const nvmlReturn_t wanted = model_.may_create_compute(*inside, profile_id, at);
  if (at) {
    const nvmlComputeInstancePlacement_t place{at->start, at->size};
    expect(nvmlGpuInstanceCreateComputeInstanceWithPlacement(handle(*inside), profile_id, &place,
                                                             &made),
           wanted);
  } else {
    expect(nvmlGpuInstanceCreateComputeInstance(handle(*inside), profile_id, &made), wanted);
  }
  if (wanted != NVML_SUCCESS) return;
  nvmlComputeInstanceInfo_t info{};
  expect(nvmlComputeInstanceGetInfo_v2(made, &info), NVML_SUCCESS);
  const mig::Placement got{static_cast<std::uint8_t>(info.placement.start),
                           static_cast<std::uint8_t>(info.placement.size)};
  SEPTET_ASSERT(info.profileId == profile_id && (!at || got == *at));
  SEPTET_ASSERT(model_.created_compute(inside->id, info.id, profile_id, got));
}

void NvmlSession::destroy_compute(ByteReader& in) {
  const ModelInstance* const inside = an_instance(in);
  if (inside == nullptr || inside->compute.empty()) return;
  const std::uint32_t id = inside->compute[in.pick(inside->compute.size())].id;
  nvmlComputeInstance_t gone = nullptr;
  expect(nvmlGpuInstanceGetComputeInstanceById(handle(*inside), id, &gone), NVML_SUCCESS);
  expect(nvmlComputeInstanceDestroy(gone), NVML_SUCCESS);
  model_.destroyed_compute(inside->id, id);
  expect(nvmlComputeInstanceDestroy(gone), NVML_ERROR_INVALID_ARGUMENT);
}

void NvmlSession::set_mode(bool on) {
  nvmlReturn_t activation = NVML_ERROR_UNKNOWN;
  expect(nvmlDeviceSetMigMode(gpu_, on ? 1 : 0, &activation), NVML_SUCCESS);
  expect(activation, model_.set_mode(on));
}

void NvmlSession::ask_capacity(ByteReader& in) const {
  if (!model_.mig) return;
  unsigned count = 99;
  for (const auto& profile : geometry_.profiles) {
    expect(nvmlDeviceGetGpuInstanceRemainingCapacity(gpu_, profile.id, &count), NVML_SUCCESS);
    SEPTET_ASSERT(count == model_.capacity(profile));
  }
  const ModelInstance* const inside = an_instance(in);
  if (inside == nullptr) return;
  for (const auto& profile : inside->what.profile->compute) {
    expect(nvmlGpuInstanceGetComputeInstanceRemainingCapacity(handle(*inside), profile.id, &count),
           NVML_SUCCESS);
    SEPTET_ASSERT(count == model_.compute_capacity(*inside, profile));
  }
}

}  // namespace septet::fuzz
