#include "partition/parted_export.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace septet::partition {

namespace {

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

// One per GPU; joins those that are alike.
std::vector<PartedEntry> join(std::vector<PartedEntry> singles) {
  std::vector<PartedEntry> joined;
  for (PartedEntry& single : singles) {
    const auto twin = std::ranges::find_if(joined, [&single](const PartedEntry& other) {
      return other.mig_enabled == single.mig_enabled && other.mig_devices == single.mig_devices;
    });
    if (twin == joined.end()) {
      joined.push_back(std::move(single));
    } else {
      twin->devices.push_back(single.devices.front());
    }
  }
  return joined;
}

}  // namespace

Result<Exported> export_as_parted(const mig::Node& node, std::string name) {
  Exported exported;
  exported.config.name = std::move(name);
  std::vector<PartedEntry> singles;
  for (const mig::Gpu& gpu : node.gpus) {
    if (gpu.problem) {
      return fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu.index, *gpu.problem),
                  "an export without it would be wrong");
    }
    mig::Node alone;
    alone.gpus.push_back(gpu);
    Exported one = export_node(alone, {});
    PartedEntry entry = one.config.entries.empty() ? PartedEntry{} : one.config.entries[0];
    entry.all = false;
    entry.devices = {gpu.index};
    singles.push_back(std::move(entry));
    std::ranges::move(one.losses, std::back_inserter(exported.losses));
  }
  exported.config.entries = join(std::move(singles));
  std::set<std::uint32_t> kinds;
  for (const mig::Gpu& gpu : node.gpus) kinds.insert(gpu.pci_device_id);
  for (PartedEntry& entry : exported.config.entries) {
    const auto own = kinds_of(entry, node);
    entry.all = is_all(entry, own, node);
    if (kinds.size() < 2 || exported.config.entries.size() < 2) continue;
    for (const std::uint32_t kind : own) entry.filters.push_back({kind, std::nullopt});
  }
  return exported;
}

}  // namespace septet::partition
