#include "partition/parted_targets.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "mig/profile_name.h"
#include "plan/place.h"

namespace septet::partition {

namespace {

using mig::MigMode;
using plan::InstanceCut;

// A GPU instance to be, with the compute instances inside it.
struct Holder {
  const mig::GpuInstanceProfile* profile = nullptr;
  std::vector<const mig::ComputeInstanceProfile*> compute;
  unsigned free = 0;  // slices
};

// GPU instances that hold what `devices` counts.
Result<std::vector<Holder>> holders_of(const mig::Geometry& geometry, const PartedEntry& entry) {
  std::vector<mig::DeviceRequest> requests;
  for (const auto& [name, count] : entry.mig_devices) {
    auto device = mig::match_device(geometry, name);
    if (!device) return fail_because(std::move(device).error(), entry.where);
    requests.insert(requests.end(), count, *device);
  }
  std::ranges::stable_sort(requests, std::ranges::greater{}, [](const mig::DeviceRequest& request) {
    return std::pair(request.gpu_instance->slices, request.compute->slices);
  });
  std::vector<Holder> holders;
  for (const mig::DeviceRequest& request : requests) {
    const unsigned width = request.compute->slices;
    auto home = std::ranges::find_if(holders, [&](const Holder& holder) {
      return holder.profile == request.gpu_instance && holder.free >= width;
    });
    if (home == holders.end()) {
      holders.push_back({request.gpu_instance, {}, request.gpu_instance->slices});
      home = holders.end() - 1;
    }
    home->compute.push_back(request.compute);
    home->free -= width;
  }
  return holders;
}

// This grammar knows compute instances by their width alone: what is there of that width is it
// (1c.1g.20gb fills a 1g.20gb as well as the profile of that name).
std::vector<plan::ComputeCut> compute_cuts(const Holder& holder, const InstanceCut* held) {
  std::vector<plan::ComputeCut> cuts, there;
  std::vector<unsigned> wanted, found;
  for (const auto* compute : holder.compute) {
    cuts.push_back({compute->id, std::string(compute->name), {}, {}});
    wanted.push_back(compute->slices);
  }
  if (held == nullptr) return cuts;
  for (const plan::ComputeCut& compute : held->compute) {
    there.push_back({compute.profile_id, compute.name, {}, {}});
    found.push_back(compute.at ? compute.at->size : 0);
  }
  std::ranges::sort(wanted);
  std::ranges::sort(found);
  return wanted == found ? there : cuts;
}

// Pairs the places of a layout with the holders of the same profile, those that are there already
// first.
std::vector<InstanceCut> pair_up(const mig::Layout& layout, std::vector<Holder> holders,
                                 const plan::GpuCut& now) {
  std::vector<InstanceCut> cuts;
  for (const bool only_exact : {true, false}) {
    for (const mig::Instance& instance : layout.instances()) {
      const auto done = std::ranges::find(cuts, instance.at, &InstanceCut::at);
      if (done != cuts.end()) continue;
      for (auto holder = holders.begin(); holder != holders.end(); ++holder) {
        if (holder->profile != instance.profile) continue;
        InstanceCut cut{instance.profile->id, std::string(instance.profile->name), instance.at, {}};
        const auto held = std::ranges::find_if(
            now.instances, [&cut](const InstanceCut& have) { return plan::same_place(have, cut); });
        cut.compute = compute_cuts(*holder, held == now.instances.end() ? nullptr : &*held);
        const bool exact = std::ranges::any_of(
            now.instances, [&cut](const InstanceCut& have) { return plan::satisfies(have, cut); });
        if (only_exact && !exact) continue;
        cuts.push_back(std::move(cut));
        holders.erase(holder);
        break;
      }
    }
  }
  std::ranges::sort(cuts, {}, [](const InstanceCut& cut) { return cut.at.start; });
  return cuts;
}

Result<plan::GpuCut> cut_as(const PartedEntry& entry, const mig::Gpu& gpu) {
  plan::GpuCut target{gpu.index, gpu.uuid, MigMode::kOff, MigMode::kOff, {}};
  if (!entry.mig_enabled) return target;
  target.mode = target.pending = MigMode::kOn;
  const mig::Geometry& geometry = gpu.geometry->geometry;
  (void)TRY(mig::layout_of(gpu));  // so that every find_id below succeeds
  auto holders = TRY(holders_of(geometry, entry));
  std::vector<plan::Held> held;
  for (const mig::GpuInstance& live : gpu.instances) {
    held.push_back({{geometry.find_id(live.profile_id), live.at}, plan::in_use(live)});
  }
  std::vector<const mig::GpuInstanceProfile*> wanted;
  for (const Holder& holder : holders) wanted.push_back(holder.profile);
  auto layout = plan::place(geometry, held, wanted);
  if (!layout) {
    return fail_because(std::move(layout).error(),
                        fmt::format("{}: GPU {}", entry.where, gpu.index));
  }
  target.instances = pair_up(*layout, std::move(holders), plan::cut_of(gpu));
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

std::vector<std::pair<std::string, unsigned>> devices_on(const mig::Gpu& gpu,
                                                         std::vector<std::string>& losses) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::pair<std::string, unsigned>> counts;
  for (const mig::GpuInstance& instance : gpu.instances) {
    if (instance.compute.empty()) {
      losses.push_back(fmt::format("GPU {}: {} at {} holds no compute instance", gpu.index,
                                   instance.name, instance.at.start));
    }
    for (const mig::ComputeInstance& compute : instance.compute) {
      auto& [name, count] = counts[{instance.profile_id, compute.profile_id}];
      // mig-parted knows no "1c.1g.20gb": a compute instance with all slices of its GPU instance
      // has its name.
      const auto* profile =
          gpu.geometry ? gpu.geometry->geometry.find_id(instance.profile_id) : nullptr;
      const bool fills = profile != nullptr && profile->slices == compute.at.size;
      name = fills ? instance.name : compute.name;
      ++count;
    }
  }
  std::vector<std::pair<std::string, unsigned>> devices;
  for (auto& [key, device] : counts) devices.push_back(std::move(device));
  std::ranges::sort(devices);
  return devices;
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

Exported export_node(const mig::Node& node, std::string name) {
  Exported exported;
  exported.config.name = std::move(name);
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.mode == MigMode::kUnsupported) continue;
    PartedEntry entry;
    entry.devices = {gpu.index};
    entry.mig_enabled = gpu.mode == MigMode::kOn;
    if (gpu.pending != gpu.mode) {
      exported.losses.push_back(fmt::format("GPU {}: a mode change waits for a reset", gpu.index));
    }
    entry.mig_devices = devices_on(gpu, exported.losses);
    const auto twin =
        std::ranges::find_if(exported.config.entries, [&entry](const PartedEntry& other) {
          return other.mig_enabled == entry.mig_enabled && other.mig_devices == entry.mig_devices;
        });
    if (twin == exported.config.entries.end()) {
      exported.config.entries.push_back(std::move(entry));
    } else {
      twin->devices.push_back(gpu.index);
    }
  }
  if (exported.config.entries.size() == 1) exported.config.entries[0].all = true;
  return exported;
}

}  // namespace septet::partition
