#include "partition/parted_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace septet::partition {

namespace {

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

std::set<std::uint32_t> kinds_of(const PartedEntry& entry, const mig::Node& node) {
  std::set<std::uint32_t> kinds;
  for (const mig::Gpu& gpu : node.gpus) {
    if (std::ranges::find(entry.devices, gpu.index) != entry.devices.end())
      kinds.insert(gpu.pci_device_id);
  }
  return kinds;
}

// Is it every GPU of these kinds?
bool is_all(const PartedEntry& entry, const std::set<std::uint32_t>& kinds, const mig::Node& node) {
  return std::ranges::all_of(node.gpus, [&](const mig::Gpu& gpu) {
    return !kinds.contains(gpu.pci_device_id) ||
           std::ranges::find(entry.devices, gpu.index) != entry.devices.end();
  });
}

void add(std::vector<PartedEntry>& entries, PartedEntry&& single) {
  const auto twin = std::ranges::find_if(entries, [&single](const PartedEntry& other) {
    return other.mig_enabled == single.mig_enabled && other.mig_devices == single.mig_devices;
  });
  if (twin == entries.end()) {
    entries.push_back(std::move(single));
  } else {
    twin->devices.push_back(single.devices.front());
  }
}

}  // namespace

Result<Exported> export_node(const mig::Node& node, std::string name) {
  Exported exported;
  exported.config.name = std::move(name);
  auto& entries = exported.config.entries;
  std::set<std::uint32_t> kinds;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.problem) {
      return fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu.index, *gpu.problem),
                  "an export without it would be wrong");
    }
    if (gpu.pending != gpu.mode) {
      exported.losses.push_back(fmt::format("GPU {}: a mode change waits for a reset", gpu.index));
    }
    PartedEntry single;
    single.devices = {gpu.index};
    single.mig_enabled = gpu.mode == mig::MigMode::kOn;
    single.mig_devices = devices_on(gpu, exported.losses);
    add(entries, std::move(single));
    kinds.insert(gpu.pci_device_id);
  }
  for (PartedEntry& entry : entries) {
    const auto own = kinds_of(entry, node);
    entry.all = is_all(entry, own, node);
    if (kinds.size() < 2 || entries.size() < 2) continue;
    for (const std::uint32_t kind : own) entry.filters.push_back({kind, std::nullopt});
  }
  return exported;
}

}  // namespace septet::partition
