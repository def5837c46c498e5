#include "simnvml/handles.h"

#include <array>
#include <cstddef>

namespace sim = septet::driver::simulated;

struct nvmlDevice_st {
  std::atomic<std::uint64_t> stamp;
};
struct nvmlGpuInstance_st {
  std::atomic<std::uint64_t> stamp;
};
struct nvmlComputeInstance_st {
  std::atomic<std::uint64_t> stamp;
};

namespace septet::simnvml {

namespace {

constexpr std::size_t kInstances = sim::kMaxGpus * sim::kMaxGpuInstances;
constexpr std::size_t kComputes = kInstances * sim::kMaxComputeInstances;

constinit std::array<nvmlDevice_st, sim::kMaxGpus> g_gpus{};
constinit std::array<nvmlDevice_st, kComputes> g_mig_devices{};
constinit std::array<nvmlGpuInstance_st, kInstances> g_instances{};
constinit std::array<nvmlComputeInstance_st, kComputes> g_computes{};

std::size_t instance_index(const Named& named) {
  return std::size_t{named.gpu} * sim::kMaxGpuInstances + named.gi;
}
std::size_t compute_index(const Named& named) {
  return instance_index(named) * sim::kMaxComputeInstances + named.ci;
}

// Where in the table a pointer points, by its number alone: it may be garbage.
template <typename Slot, std::size_t kSize>
std::optional<std::size_t> index_in(const std::array<Slot, kSize>& table, const Slot* handle) {
  const auto offset =
      reinterpret_cast<std::uintptr_t>(handle) - reinterpret_cast<std::uintptr_t>(table.data());
  if (offset >= sizeof(Slot) * kSize || offset % sizeof(Slot) != 0) return std::nullopt;
  return offset / sizeof(Slot);
}

Named instance_at(std::size_t index) {
  return {static_cast<std::uint32_t>(index / sim::kMaxGpuInstances),
          static_cast<std::uint32_t>(index % sim::kMaxGpuInstances), sim::kNone, 0};
}
Named compute_at(std::size_t index) {
  Named named = instance_at(index / sim::kMaxComputeInstances);
  named.ci = static_cast<std::uint32_t>(index % sim::kMaxComputeInstances);
  return named;
}

template <typename Table>
auto give(Table& table, std::size_t index, std::uint64_t stamp) {
  table[index].stamp.store(stamp, std::memory_order_relaxed);
  return &table[index];
}

}  // namespace

nvmlDevice_t gpu_handle(std::uint32_t gpu) { return &g_gpus[gpu]; }
nvmlDevice_t mig_device_handle(const Named& compute) {
  return give(g_mig_devices, compute_index(compute), compute.stamp);
}
nvmlGpuInstance_t gpu_instance_handle(const Named& instance) {
  return give(g_instances, instance_index(instance), instance.stamp);
}
nvmlComputeInstance_t compute_instance_handle(const Named& compute) {
  return give(g_computes, compute_index(compute), compute.stamp);
}

// Stamp 0 means that the slot was never given out: its address is a guess, which the check against
// the node refuses like any stale handle.
std::optional<Named> named_by(nvmlDevice_t handle) {
  if (const auto gpu = index_in(g_gpus, handle)) {
    return Named{static_cast<std::uint32_t>(*gpu), sim::kNone, sim::kNone, 0};
  }
  const auto index = index_in(g_mig_devices, handle);
  if (!index) return std::nullopt;
  Named named = compute_at(*index);
  named.stamp = handle->stamp.load(std::memory_order_relaxed);
  return named;
}

std::optional<Named> named_by(nvmlGpuInstance_t handle) {
  const auto index = index_in(g_instances, handle);
  if (!index) return std::nullopt;
  Named named = instance_at(*index);
  named.stamp = handle->stamp.load(std::memory_order_relaxed);
  return named;
}

std::optional<Named> named_by(nvmlComputeInstance_t handle) {
  const auto index = index_in(g_computes, handle);
  if (!index) return std::nullopt;
  Named named = compute_at(*index);
  named.stamp = handle->stamp.load(std::memory_order_relaxed);
  return named;
}

}  // namespace septet::simnvml
