#include "partition/parted_targets.h"

#include <fmt/format.h>

#include <algorithm>

#include "mig/profile_name.h"
#include "plan/place.h"

namespace septet::partition {

namespace {

using mig::MigMode;

// GPU instances that hold what the entry counts: compute instances share one, widest first, each
// into the first with room.
Result<plan::Wanted> wanted_of(const mig::Geometry& geometry, const PartedEntry& entry) {
  std::vector<mig::DeviceRequest> requests;
  for (const auto& [name, count] : entry.mig_devices) {
    auto device = mig::match_device(geometry, name);
    if (!device) return fail_because(std::move(device).error(), entry.where);
    requests.insert(requests.end(), count, *device);
  }
  std::ranges::stable_sort(requests, std::ranges::greater{}, [](const mig::DeviceRequest& request) {
    return std::pair(request.gpu_instance->slices, request.compute->slices);
  });
  plan::Wanted wanted;
  wanted.by_width = true;  // 1c.1g.20gb fills a 1g.20gb as well as the profile of that name
  std::vector<unsigned> free;
  for (const mig::DeviceRequest& request : requests) {
    const unsigned width = request.compute->slices;
    std::size_t home = 0;
    while (home < free.size() &&
           (wanted.instances[home].profile != request.gpu_instance || free[home] < width))
      ++home;
    if (home == free.size()) {
      wanted.instances.push_back({request.gpu_instance, {}, {}});
      free.push_back(request.gpu_instance->slices);
    }
    wanted.instances[home].compute.push_back(
        {request.compute->id, std::string(request.compute->name), {}, {}});
    free[home] -= width;
  }
  return wanted;
}

Result<plan::GpuCut> cut_as(const PartedEntry& entry, const mig::Gpu& gpu) {
  if (!entry.mig_enabled)
    return plan::GpuCut{gpu.index, gpu.uuid, MigMode::kOff, MigMode::kOff, {}};
  const auto wanted = TRY(wanted_of(gpu.geometry->geometry, entry));
  auto target = plan::place(gpu, wanted);
  if (!target) {
    return fail_because(std::move(target).error(),
                        fmt::format("{}: GPU {}", entry.where, gpu.index));
  }
  return target;
}

Result<> check_devices(const PartedEntry& entry, const mig::Node& node) {
  for (const std::uint32_t index : entry.devices) {
    if (std::ranges::find(node.gpus, index, &mig::Gpu::index) != node.gpus.end()) continue;
    return fail(Code::kNotFound, fmt::format("{}: this node has no GPU {}", entry.where, index),
                fmt::format("it has {} GPU{}, counted from 0", node.gpus.size(),
                            node.gpus.size() == 1 ? "" : "s"));
  }
  return {};
}

}  // namespace

bool names(const PartedEntry& entry, const mig::Gpu& gpu) {
  const bool named =
      entry.all || std::ranges::find(entry.devices, gpu.index) != entry.devices.end();
  if (!named || entry.filters.empty()) return named;
  return std::ranges::any_of(entry.filters, [&gpu](const PartedFilter& filter) {
    // No driver call we use tells the subsystem: the device decides.
    return filter.device == gpu.pci_device_id;
  });
}

Result<std::vector<plan::GpuCut>> targets_of(const PartedConfig& config, const mig::Node& node) {
  for (const PartedEntry& entry : config.entries) TRY(check_devices(entry, node));
  std::vector<plan::GpuCut> targets;
  for (const mig::Gpu& gpu : node.gpus) {
    const PartedEntry* last = nullptr;
    for (const PartedEntry& entry : config.entries) {
      if (names(entry, gpu)) last = &entry;
    }
    if (last == nullptr) continue;
    if (gpu.problem) {
      return fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu.index, *gpu.problem),
                  "its state is unknown, so nothing can be planned for it");
    }
    if (gpu.mode == MigMode::kUnsupported || gpu.geometry == nullptr) {
      if (last->all || !last->mig_enabled) continue;  // "all" means all that can
      return fail(Code::kNotSupported,
                  fmt::format("{}: GPU {} ({}) cannot be cut", last->where, gpu.index, gpu.name),
                  "take it out of the devices of this entry");
    }
    targets.push_back(TRY(cut_as(*last, gpu)));
  }
  return targets;
}

}  // namespace septet::partition
