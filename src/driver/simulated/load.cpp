// driver/simulated/load.cpp — the living numbers: memory, activity, power, temperature, clocks,
// energy.
//
// Units.  Activity is summed in hundredths of a percent of the thing asked about, so that rounding
// happens
//         once. All integers: deterministic, and no libm.
// Source. Power: the project's performance model, P = idle + (limit - idle) * (0.55 * SM + 0.45 *
// DRAM
//         activity); the two weights are that model's stated guesses. Memory of an idle instance:
//         the product table. Temperature, idle clocks and the GPU's own megabyte are estimates.
#include <algorithm>

#include "driver/simulated/admission.h"
#include "driver/simulated/machine.h"

namespace septet::driver::simulated {

namespace {

constexpr std::uint64_t kFull = 10000;      // 100.00 %
constexpr std::uint64_t kOwnMemoryMib = 1;  // of the GPU, outside instances (estimate)
constexpr std::uint64_t kSmWeight = 55, kMemoryWeight = 45;   // of 100
constexpr std::uint32_t kColdCelsius = 30, kHotCelsius = 75;  // at 0 W and at the limit (estimate)
constexpr std::uint32_t kIdleSmMhzAmpere = 210, kIdleSmMhzHopper = 345, kIdleSmMhzBlackwell = 120;
constexpr std::uint32_t kIdleGddrMhz = 405;  // HBM does not clock down

struct Activity {
  std::uint64_t sm = 0, memory = 0;  // hundredths of a percent
};

std::uint32_t percent(std::uint64_t hundredths) {
  return static_cast<std::uint32_t>((std::min(hundredths, kFull) + 50) / 100);
}

std::uint64_t share(std::uint64_t activity, std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : std::min(activity, kFull) * std::min(part, whole) / whole;
}

std::uint64_t usable(const mig::Fact& fact) { return fact.usable() ? fact.value : 0; }

// Memory that an idle instance uses. Where a board's memory is one with the host's (Thor),
// instances have none of their own, and what runs in them counts on the GPU alone.
bool has_own_memory(const mig::GpuInstanceProfile& profile) {
  return usable(profile.memory_mib) != 0;
}
std::uint64_t reserve_of(const mig::GpuInstanceProfile& profile) {
  return has_own_memory(profile) ? usable(profile.reserved_mib) : 0;
}

// SMs of a compute instance; where the tables do not know, its slices' share of the GPU instance.
std::uint64_t sms_of(const mig::GpuInstanceProfile& outer, const ComputeInstanceState& compute) {
  const auto* profile = outer.find_compute(compute.profile_id);
  if (profile == nullptr || outer.slices == 0) return 0;
  const std::uint64_t known = usable(profile->sm);
  return known != 0 ? known : usable(outer.sm) * profile->slices / outer.slices;
}

std::uint64_t sms_of(const mig::Product& product, const mig::Geometry& geometry) {
  std::uint64_t most = usable(product.total_sms);
  for (const auto& profile : geometry.profiles) most = std::max(most, usable(profile.sm));
  return most;
}

// Where processes run and how hard. `ci` kNone: those that hold the GPU instance as a whole.
Activity processes_at(const NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                      std::uint32_t ci) {
  Activity sum;
  for (const ProcessState& process : node.processes) {
    if (process.pid == 0 || process.gpu != gpu || process.gpu_instance != gi) continue;
    if (process.compute_instance != ci) continue;
    sum.sm += std::uint64_t{process.sm_percent} * 100;
    sum.memory += std::uint64_t{process.memory_percent} * 100;
  }
  return {std::min(sum.sm, kFull), std::min(sum.memory, kFull)};
}

Activity instance_activity(const NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                           const mig::GpuInstanceProfile& profile) {
  Activity sum = processes_at(node, gpu, gi, kNone);
  for (std::uint32_t ci = 0; ci < kMaxComputeInstances; ++ci) {
    const ComputeInstanceState& compute = node.gpus[gpu].instances[gi].compute[ci];
    if (compute.stamp == 0) continue;
    const Activity inside = processes_at(node, gpu, gi, ci);
    sum.sm += share(inside.sm, sms_of(profile, compute), usable(profile.sm));
    sum.memory +=
        inside.memory;  // bandwidth is the GPU instance's, not divided among compute instances
  }
  return {std::min(sum.sm, kFull), std::min(sum.memory, kFull)};
}

bool any_process(const NodeState& node) {
  for (const ProcessState& process : node.processes) {
    if (process.pid != 0) return true;
  }
  return false;
}

Activity gpu_activity(const NodeState& node, std::uint32_t gpu) {
  if (!any_process(node)) return {};
  const GpuState& state = node.gpus[gpu];
  const mig::Geometry& geometry = geometry_of(node, state);
  const std::uint64_t sms = sms_of(product_of(state), geometry);
  Activity sum = processes_at(node, gpu, kNone, kNone);
  for (std::uint32_t gi = 0; gi < kMaxGpuInstances; ++gi) {
    if (state.instances[gi].stamp == 0) continue;
    const auto* profile = geometry.find_id(state.instances[gi].profile_id);
    if (profile == nullptr) continue;
    const Activity inside = instance_activity(node, gpu, gi, *profile);
    sum.sm += share(inside.sm, usable(profile->sm), sms);
    sum.memory += share(inside.memory, profile->size, geometry.units);
  }
  return {std::min(sum.sm, kFull), std::min(sum.memory, kFull)};
}

// `gi` nullopt: anywhere on the GPU.
std::uint64_t process_memory(const NodeState& node, std::uint32_t gpu,
                             std::optional<std::uint32_t> gi) {
  std::uint64_t sum = 0;
  for (const ProcessState& process : node.processes) {
    if (process.pid == 0 || process.gpu != gpu) continue;
    if (!gi || process.gpu_instance == *gi) sum += process.memory_mib;
  }
  return sum;
}

std::uint32_t idle_sm_clock(mig::Architecture architecture) {
  switch (architecture) {
    case mig::Architecture::kAmpere: return kIdleSmMhzAmpere;
    case mig::Architecture::kHopper: return kIdleSmMhzHopper;
    case mig::Architecture::kBlackwell: return kIdleSmMhzBlackwell;
  }
  return kIdleSmMhzAmpere;
}

bool has_hbm(const mig::Product& product) { return !product.chip.starts_with("GB20"); }

}  // namespace

Load gpu_load(const NodeState& node, std::uint32_t gpu) {
  Load load;
  if (gpu >= node.gpu_count || gpu >= kMaxGpus) return load;
  const GpuState& state = node.gpus[gpu];
  const mig::Product& product = product_of(state);
  const mig::Geometry& geometry = geometry_of(node, state);
  load.memory_total_mib = usable(product.memory_total_mib);
  load.bar1_total_mib = usable(product.bar1_mib);
  for (const auto& profile : geometry.profiles)
    load.memory_total_mib = std::max(load.memory_total_mib, usable(profile.memory_mib));
  load.memory_reserved_mib = kOwnMemoryMib;
  load.memory_used_mib = kOwnMemoryMib + process_memory(node, gpu, std::nullopt);
  for (const GpuInstanceState& instance : state.instances) {
    if (instance.stamp == 0) continue;
    const auto* profile = geometry.find_id(instance.profile_id);
    if (profile != nullptr) load.memory_used_mib += reserve_of(*profile);
  }
  load.memory_used_mib = std::min(load.memory_used_mib, load.memory_total_mib);
  const Activity activity = gpu_activity(node, gpu);
  load.sm_percent = percent(activity.sm);
  load.memory_percent = percent(activity.memory);
  return load;
}

Load instance_load(const NodeState& node, std::uint32_t gpu, std::uint32_t gi,
                   std::optional<std::uint32_t> ci) {
  Load load;
  if (gpu >= node.gpu_count || gpu >= kMaxGpus || gi >= kMaxGpuInstances) return load;
  const GpuState& state = node.gpus[gpu];
  const auto* profile = geometry_of(node, state).find_id(state.instances[gi].profile_id);
  if (state.instances[gi].stamp == 0 || profile == nullptr) return load;
  load.memory_total_mib = usable(profile->memory_mib);
  load.bar1_total_mib = usable(profile->bar1_mib);
  if (has_own_memory(*profile)) {
    load.memory_reserved_mib = reserve_of(*profile);
    load.memory_used_mib = load.memory_reserved_mib + process_memory(node, gpu, gi);
  }
  const Activity activity =
      ci ? processes_at(node, gpu, gi, *ci) : instance_activity(node, gpu, gi, *profile);
  load.sm_percent = percent(activity.sm);
  load.memory_percent = percent(activity.memory);
  return load;
}

Telemetry telemetry(const NodeState& node, std::uint32_t gpu) {
  Telemetry now;
  if (gpu >= node.gpu_count || gpu >= kMaxGpus) return now;
  const mig::Product& product = product_of(node.gpus[gpu]);
  const Activity activity = gpu_activity(node, gpu);
  const std::uint64_t busy = kSmWeight * activity.sm + kMemoryWeight * activity.memory;
  const std::uint64_t limit = usable(product.power_limit_w) * 1000;
  const std::uint64_t idle = std::min(usable(product.power_idle_w) * 1000, limit);
  const std::uint64_t power = idle + (limit - idle) * busy / (100 * kFull);
  now.power_mw = static_cast<std::uint32_t>(power);
  now.power_limit_mw = static_cast<std::uint32_t>(limit);
  now.temperature_c = kColdCelsius;
  if (limit != 0)
    now.temperature_c += static_cast<std::uint32_t>((kHotCelsius - kColdCelsius) * power / limit);

  const bool working = any_process(node) && has_clients(node, gpu);
  now.sm_clock_max_mhz = static_cast<std::uint32_t>(usable(product.sm_clock_mhz));
  now.memory_clock_max_mhz = static_cast<std::uint32_t>(usable(product.memory_clock_mhz));
  now.sm_clock_mhz = working ? now.sm_clock_max_mhz
                             : std::min(idle_sm_clock(product.architecture), now.sm_clock_max_mhz);
  now.memory_clock_mhz = working || has_hbm(product)
                             ? now.memory_clock_max_mhz
                             : std::min(kIdleGddrMhz, now.memory_clock_max_mhz);
  return now;
}

std::uint64_t energy_mj(const NodeState& node, std::uint32_t gpu, std::uint64_t now_ns) {
  if (gpu >= node.gpu_count || gpu >= kMaxGpus) return 0;
  const GpuState& state = node.gpus[gpu];
  if (now_ns <= state.energy_at_ns) return state.energy_mj;  // the clock was set back
  const std::uint64_t milliseconds = (now_ns - state.energy_at_ns) / 1000000;
  return state.energy_mj + milliseconds * telemetry(node, gpu).power_mw / 1000;
}

void settle_energy(NodeState& node, std::uint64_t now_ns) {
  for (std::uint32_t gpu = 0; gpu < node.gpu_count; ++gpu) {
    node.gpus[gpu].energy_mj = energy_mj(node, gpu, now_ns);
    node.gpus[gpu].energy_at_ns = now_ns;
  }
}

}  // namespace septet::driver::simulated
