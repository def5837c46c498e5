// driver/simulated/describe_gpu.cpp — one GPU of a state as observers see it.
#include "driver/simulated/fixed_text.h"
#include "driver/simulated/pci_address.h"
#include "driver/simulated/simulated_driver.h"

namespace septet::driver::simulated {

namespace {

mig::Usage usage_of(const Load& load) {
  mig::Usage usage;
  usage.memory_used_mib = load.memory_used_mib;
  usage.memory_total_mib = load.memory_total_mib;
  usage.bar1_used_mib = load.bar1_used_mib;
  usage.bar1_total_mib = load.bar1_total_mib;
  usage.sm_percent = load.sm_percent;
  usage.memory_percent = load.memory_percent;
  return usage;
}

// The geometry with its own rows; names and compute profiles stay in the constant tables.
std::shared_ptr<const mig::OwnedGeometry> own(const mig::Geometry& geometry) {
  auto owned = std::make_shared<mig::OwnedGeometry>();
  owned->profiles.assign(geometry.profiles.begin(), geometry.profiles.end());
  owned->geometry = geometry;
  owned->geometry.profiles = owned->profiles;
  return owned;
}

void add_processes(const NodeState& node, std::uint32_t index, mig::Gpu& gpu) {
  for (const ProcessState& entry : node.processes) {
    if (entry.pid == 0 || entry.gpu != index) continue;
    mig::Process process;
    process.pid = static_cast<std::uint32_t>(entry.pid);
    process.name = text_of(entry.name);
    process.memory_mib = entry.memory_mib;
    if (entry.gpu_instance != kNone) process.gpu_instance = entry.gpu_instance;
    if (entry.compute_instance != kNone) process.compute_instance = entry.compute_instance;
    process.graphics = entry.graphics != 0;
    gpu.processes.push_back(process);
    for (mig::GpuInstance& instance : gpu.instances) {
      if (process.gpu_instance == instance.id) instance.processes.push_back(process);
    }
  }
}

mig::ComputeInstance describe_compute(const mig::GpuInstanceProfile& profile,
                                      const ComputeInstanceState& state, std::uint32_t id) {
  mig::ComputeInstance compute;
  compute.id = id;
  compute.profile_id = state.profile_id;
  compute.at = {state.start, state.size};
  compute.uuid = "MIG-" + mig::uuid_text(state.uuid);
  const auto* inside = profile.find_compute(state.profile_id);
  SEPTET_ASSERT(inside != nullptr);  // check(node) held
  compute.name = inside->name;
  compute.sm = inside->sm.value;
  compute.attributes = {inside->sm.value,  profile.ce.value,  profile.dec.value,
                        profile.enc.value, profile.jpg.value, profile.ofa.value,
                        profile.slices,    inside->slices,    profile.memory_mib.value};
  return compute;
}

void add_instances(const NodeState& node, std::uint32_t index, mig::Gpu& gpu) {
  const GpuState& state = node.gpus[index];
  std::uint32_t mig_index = 0;
  for (std::uint32_t gi = 0; gi < kMaxGpuInstances; ++gi) {
    const GpuInstanceState& live = state.instances[gi];
    if (live.stamp == 0) continue;
    const auto* profile = geometry_of(node, state).find_id(live.profile_id);
    SEPTET_ASSERT(profile != nullptr);  // check(node) held
    mig::GpuInstance instance;
    instance.id = gi;
    instance.profile_id = live.profile_id;
    instance.name = profile->name;
    instance.at = {live.start, live.size};
    instance.usage = usage_of(instance_load(node, index, gi, std::nullopt));
    for (std::uint32_t ci = 0; ci < kMaxComputeInstances; ++ci) {
      if (live.compute[ci].stamp == 0) continue;
      instance.compute.push_back(describe_compute(*profile, live.compute[ci], ci));
      instance.compute.back().mig_index = mig_index++;
    }
    gpu.instances.push_back(std::move(instance));
  }
}

mig::MigMode mode_of(std::uint8_t flag) {
  return flag != 0 ? mig::MigMode::kOn : mig::MigMode::kOff;
}

}  // namespace

mig::Gpu describe_gpu(const NodeState& node, std::uint32_t index) {
  const GpuState& state = node.gpus[index];
  mig::Gpu gpu;
  gpu.index = index;
  gpu.name = text_of(state.name);
  gpu.uuid = "GPU-" + mig::uuid_text(state.uuid);
  gpu.pci_bus_id = to_string(PciAddress{state.pci_domain, state.pci_bus, state.pci_device});
  gpu.pci_device_id = state.pci_device_id;
  gpu.pci_class = 0x0302;
  gpu.minor = state.minor;
  if (state.numa_node >= 0) gpu.numa_node = state.numa_node;
  gpu.serial = text_of(state.serial);
  gpu.mode = mode_of(state.mig_current);
  gpu.pending = mode_of(state.mig_pending);
  gpu.product = &product_of(state);
  gpu.compute_capability = {gpu.product->cc_major, gpu.product->cc_minor};
  gpu.geometry = own(geometry_of(node, state));
  gpu.usage = usage_of(gpu_load(node, index));
  gpu.usage.ecc_uncorrected = state.ecc_uncorrected_volatile;
  const Telemetry now = telemetry(node, index);
  gpu.power_mw = now.power_mw;
  gpu.power_limit_mw = now.power_limit_mw;
  gpu.temperature_c = now.temperature_c;
  gpu.sm_clock_mhz = now.sm_clock_mhz;
  gpu.memory_clock_mhz = now.memory_clock_mhz;
  gpu.persistence = state.persistence != 0;
  gpu.virtualization =
      state.passthrough != 0 ? mig::Virtualization::kPassthrough : mig::Virtualization::kNone;
  add_instances(node, index, gpu);
  add_processes(node, index, gpu);
  return gpu;
}

}  // namespace septet::driver::simulated
