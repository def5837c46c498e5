// Which GPU instances, compute instances and MIG devices a GPU has now.
#include <algorithm>
#include <array>
#include <cstring>

#include "driver/driver.h"
#include "driver/nvml/read_gpu.h"

namespace septet::driver::nvml {
namespace {

constexpr Uint kMostInstances = 32;  // room for any board: GI ids end at 14

Result<> read_instances(const Session& session, Device device, const std::string& what,
                        Uint profile, std::vector<LiveInstance>& instances) {
  std::array<GpuInstanceHandle, kMostInstances> handles{};
  Uint count = kMostInstances;
  int status = session.calls.gpu_instances(device, profile, handles.data(), &count);
  if (status != kSuccess) return std::unexpected(driver_error(status, what));
  for (Uint i = 0; i < std::min(count, kMostInstances); ++i) {
    LiveInstance instance{handles.at(i), {}};
    status = session.calls.gpu_instance_info(instance.handle, &instance.info);
    if (status != kSuccess) return std::unexpected(driver_error(status, what));
    instances.push_back(instance);
  }
  return {};
}

Result<LiveDevice> read_device(const Session& session, Device handle, Uint index,
                               const std::string& what) {
  const Calls& calls = session.calls;
  LiveDevice found{handle, index, 0, 0, {}};
  int status = calls.gpu_instance_id(handle, &found.gpu_instance);
  if (status == kSuccess) status = calls.compute_instance_id(handle, &found.compute_instance);
  std::array<char, kNameBuffer> uuid{};
  if (status == kSuccess) status = calls.uuid(handle, uuid.data(), kNameBuffer);
  if (status != kSuccess) return std::unexpected(driver_error(status, what));
  found.uuid.assign(uuid.data(), strnlen(uuid.data(), uuid.size()));
  return found;
}

Result<mig::ComputeInstance> describe_compute(const Session& session, const mig::Gpu& gpu,
                                              const LiveInstance& instance,
                                              const LiveDevice& device,
                                              const std::string& instance_name) {
  const Calls& calls = session.calls;
  const std::string what = "read compute instance " + std::to_string(device.compute_instance) +
                           " of GPU instance " + std::to_string(device.gpu_instance) + " on " +
                           gpu_words(gpu.index);
  ComputeInstanceHandle handle = nullptr;
  int status = calls.compute_instance(instance.handle, device.compute_instance, &handle);
  ComputeInstanceInfo info{};
  if (status == kSuccess) status = calls.compute_instance_info(handle, &info);
  if (status == kMissing) status = calls.compute_instance_info_v1(handle, &info);
  if (status != kSuccess) return std::unexpected(driver_error(status, what));

  mig::ComputeInstance found;
  found.id = device.compute_instance;
  found.profile_id = info.profile_id;
  found.at = {static_cast<std::uint8_t>(info.placement.start),
              static_cast<std::uint8_t>(info.placement.size)};
  found.uuid = device.uuid;
  found.mig_index = device.index;
  const mig::GpuInstanceProfile* profile = gpu.geometry->geometry.find_id(instance.info.profile_id);
  const mig::ComputeInstanceProfile* compute =
      profile != nullptr ? profile->find_compute(info.profile_id) : nullptr;
  found.name = compute != nullptr ? std::string(compute->name) : instance_name;
  Attributes attributes{};
  if (calls.attributes(device.handle, &attributes) == kSuccess) {
    found.sm = attributes.sm;
    found.attributes = {
        attributes.sm,        attributes.ce,  attributes.dec,        attributes.enc,
        attributes.jpg,       attributes.ofa, attributes.gpu_slices, attributes.compute_slices,
        attributes.memory_mib};
  } else if (compute != nullptr) {
    found.sm = compute->sm.value;
  }
  return found;
}

}  // namespace

bool LiveList::same_as(const LiveList& other) const {
  const auto same_instance = [](const LiveInstance& a, const LiveInstance& b) {
    return a.info.id == b.info.id && a.info.profile_id == b.info.profile_id &&
           a.info.placement.start == b.info.placement.start;
  };
  const auto same_device = [](const LiveDevice& a, const LiveDevice& b) {
    return a.index == b.index && a.gpu_instance == b.gpu_instance &&
           a.compute_instance == b.compute_instance && a.uuid == b.uuid;
  };
  return std::ranges::equal(instances, other.instances, same_instance) &&
         std::ranges::equal(devices, other.devices, same_device);
}

Result<LiveList> read_live(const Session& session, Device device, const mig::Gpu& gpu,
                           const std::vector<GpuProfileInfoV2>& profiles) {
  LiveList live;
  const std::string what = "list the GPU instances of " + gpu_words(gpu.index);
  for (const GpuProfileInfoV2& profile : profiles) {
    TRY(read_instances(session, device, what, profile.id, live.instances));
  }
  std::ranges::sort(live.instances, {}, [](const LiveInstance& i) { return i.info.id; });

  const std::string devices = "list the MIG devices of " + gpu_words(gpu.index);
  Uint most = 0;
  int status = session.calls.max_mig_devices(device, &most);
  if (status != kSuccess) return std::unexpected(driver_error(status, devices));
  for (Uint index = 0; index < most; ++index) {
    Device handle = nullptr;
    status = session.calls.mig_device(device, index, &handle);
    if (status == kNotFound) continue;  // the documented way to say "no such index"
    if (status != kSuccess) return std::unexpected(driver_error(status, devices));
    live.devices.push_back(TRY(read_device(session, handle, index, devices)));
  }
  return live;
}

Result<std::vector<mig::GpuInstance>> describe_live(const Session& session, const mig::Gpu& gpu,
                                                    const LiveList& live) {
  std::vector<mig::GpuInstance> found;
  for (const LiveInstance& instance : live.instances) {
    mig::GpuInstance described;
    described.id = instance.info.id;
    described.profile_id = instance.info.profile_id;
    described.at = {static_cast<std::uint8_t>(instance.info.placement.start),
                    static_cast<std::uint8_t>(instance.info.placement.size)};
    if (const auto* profile = gpu.geometry->geometry.find_id(described.profile_id)) {
      described.name = profile->name;
    }
    for (const LiveDevice& device : live.devices) {
      if (device.gpu_instance != described.id) continue;
      described.compute.push_back(
          TRY(describe_compute(session, gpu, instance, device, described.name)));
    }
    std::ranges::sort(described.compute, {}, &mig::ComputeInstance::id);
    found.push_back(std::move(described));
  }
  return found;
}

}  // namespace septet::driver::nvml
