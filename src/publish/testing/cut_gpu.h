// publish/testing/cut_gpu.h — GPUs cut by hand, as a driver would show them, for tests and
// benchmarks.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "mig/node.h"

namespace septet::publish::testing {

inline mig::Gpu whole_gpu(std::uint32_t index, const char* product = "h100-sxm5-80gb") {
  mig::Gpu gpu;
  gpu.index = gpu.minor = index;
  gpu.product = mig::find_product(product);
  gpu.name = gpu.product->boards[0].name;
  gpu.uuid = fmt::format("GPU-{:08}", index);
  gpu.mode = gpu.pending = mig::MigMode::kOff;
  gpu.pci_class = 0x0302;
  gpu.compute_capability = {gpu.product->cc_major, gpu.product->cc_minor};
  gpu.usage.memory_total_mib = gpu.product->memory_total_mib.value;
  gpu.numa_node = index < 4 ? 0 : 1;
  auto geometry = std::make_shared<mig::OwnedGeometry>();
  geometry->geometry = gpu.product->geometry;
  gpu.geometry = std::move(geometry);
  return gpu;
}

// One more GPU instance, with compute instances of these widths side by side; none given: the one
// that fills it. Ids count from 1, UUIDs are "MIG-<gpu>-<instance>-<compute>".
inline void cut(mig::Gpu& gpu, const mig::GpuInstanceProfile& profile, std::uint8_t start,
                std::vector<std::uint8_t> widths = {}, bool hollow = false) {
  gpu.mode = gpu.pending = mig::MigMode::kOn;
  mig::GpuInstance instance;
  instance.id = static_cast<std::uint32_t>(gpu.instances.size()) + 1;
  instance.profile_id = profile.id;
  instance.name = profile.name;
  instance.at = {start, profile.size};
  if (widths.empty() && !hollow) widths.push_back(profile.default_compute()->slices);
  std::uint8_t at = 0;
  for (const std::uint8_t width : widths) {
    const auto row =
        std::ranges::find(profile.compute, width, &mig::ComputeInstanceProfile::slices);
    mig::ComputeInstance compute;
    compute.id = static_cast<std::uint32_t>(instance.compute.size());
    compute.profile_id = row->id;
    compute.at = {at, row->size};
    compute.name = row->name;
    compute.uuid = fmt::format("MIG-{}-{}-{}", gpu.index, instance.id, compute.id);
    compute.mig_index = gpu.mig_device_count() + compute.id;
    compute.sm = row->sm.value;
    compute.attributes = {row->sm.value,     profile.ce.value,  profile.dec.value,
                          profile.enc.value, profile.jpg.value, profile.ofa.value,
                          profile.slices,    row->slices,       profile.memory_mib.value};
    at = static_cast<std::uint8_t>(at + row->size);
    instance.compute.push_back(std::move(compute));
  }
  gpu.instances.push_back(std::move(instance));
}

inline void cut(mig::Gpu& gpu, const char* profile, std::uint8_t start,
                std::vector<std::uint8_t> widths = {}, bool hollow = false) {
  cut(gpu, *gpu.geometry->geometry.find_name(profile), start, std::move(widths), hollow);
}

// Seven 1g.10gb on each of `gpus` H100.
inline mig::Node sevenths(std::uint32_t gpus) {
  mig::Node node;
  node.driver_version = "550.163.01";
  node.cuda_version = 12040;
  for (std::uint32_t index = 0; index < gpus; ++index) {
    mig::Gpu gpu = whole_gpu(index);
    for (std::uint8_t start = 0; start < 7; ++start) cut(gpu, "1g.10gb", start);
    node.gpus.push_back(std::move(gpu));
  }
  return node;
}

}  // namespace septet::publish::testing
