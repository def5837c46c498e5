// plan/testing/layout_as_gpu.h — layouts as the snapshots planning reads, for tests and benchmarks.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mig/node.h"

namespace septet::plan::testing {

// A GPU with MIG on, cut as the layout says, one compute instance filling each GPU instance; GPU
// instance ids are 0, 1, ... in the layout's order; instance i is in use when bit i of `busy` is
// set.
inline mig::Gpu layout_as_gpu(const mig::Product& product, const mig::Layout& layout,
                              std::size_t busy = 0) {
  mig::Gpu gpu;
  gpu.uuid = "GPU-0";
  gpu.mode = gpu.pending = mig::MigMode::kOn;
  gpu.product = &product;
  auto geometry = std::make_shared<mig::OwnedGeometry>();
  geometry->geometry = product.geometry;
  gpu.geometry = std::move(geometry);
  for (const mig::Instance& instance : layout.instances()) {
    mig::GpuInstance live;
    live.id = static_cast<std::uint32_t>(gpu.instances.size());
    live.profile_id = instance.profile->id;
    live.name = instance.profile->name;
    live.at = instance.at;
    const auto* const compute = instance.profile->default_compute();
    const std::string uuid = "MIG-" + std::to_string(live.id);
    live.compute.push_back(
        {0, compute->id, {0, compute->size}, std::string(compute->name), uuid, 0, 0});
    if (((busy >> live.id) & 1u) != 0)
      live.processes.push_back({4000 + live.id, "job", {}, live.id, 0, false});
    gpu.instances.push_back(std::move(live));
  }
  return gpu;
}

using ComputeSpot = std::pair<const mig::ComputeInstanceProfile*, mig::Placement>;
using ComputeSet = std::vector<ComputeSpot>;

// Every set of compute instances that a GPU instance of this profile can hold, the empty one too.
inline std::vector<ComputeSet> compute_sets(const mig::GpuInstanceProfile& profile) {
  std::vector<ComputeSet> all{{}};
  std::vector<unsigned> taken{0};
  for (std::uint8_t start = 0; start < 16; ++start) {
    const std::size_t so_far = all.size();
    for (const mig::ComputeInstanceProfile& row : profile.compute) {
      const mig::Placement at{start, row.size};
      for (std::size_t i = 0; i < so_far; ++i) {
        if (((row.starts >> start) & 1u) == 0 || (taken[i] & at.mask()) != 0) continue;
        ComputeSet more = all[i];
        more.emplace_back(&row, at);
        all.push_back(std::move(more));
        taken.push_back(taken[i] | at.mask());
      }
    }
  }
  return all;
}

}  // namespace septet::plan::testing
