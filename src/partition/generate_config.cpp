#include "partition/generate_config.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "plan/place.h"

namespace septet::partition {

namespace {

using Devices = std::vector<std::pair<std::string, unsigned>>;

bool fits(const mig::Geometry& geometry, const mig::GpuInstanceProfile& profile, unsigned count) {
  return plan::place(geometry, {}, std::vector(count, &profile)).has_value();
}

// How many of it an empty GPU holds. The driver's own number is too high on some boards (A30).
unsigned most_of(const mig::Geometry& geometry, const mig::GpuInstanceProfile& profile) {
  unsigned count = 0;
  while (count < 16 && fits(geometry, profile, count + 1)) ++count;
  return profile.max.usable() ? std::min(count, profile.max.value) : count;
}

// The plain profile of so many slices of which most fit: 1g.10gb rather than 1g.20gb.
const mig::GpuInstanceProfile* plain_of(const mig::Geometry& geometry, unsigned slices) {
  const mig::GpuInstanceProfile* best = nullptr;
  unsigned most = 0;
  for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
    if (profile.slices != slices || profile.media != mig::Media::kPlain || profile.graphics)
      continue;
    if (const unsigned count = most_of(geometry, profile); count > most) {
      best = &profile;
      most = count;
    }
  }
  return best;
}

Devices balanced(const mig::Geometry& geometry) {
  std::vector<std::pair<unsigned, unsigned>> wish;  // slices, count
  if (geometry.slices == 7) wish = {{1, 2}, {2, 1}, {3, 1}};
  if (geometry.slices == 4) wish = {{1, 2}, {2, 1}};
  Devices devices;
  std::vector<const mig::GpuInstanceProfile*> all;
  for (const auto& [slices, count] : wish) {
    const auto* const profile = plain_of(geometry, slices);
    if (profile == nullptr) return {};
    devices.emplace_back(profile->name, count);
    all.insert(all.end(), count, profile);
  }
  if (!plan::place(geometry, {}, all)) return {};
  return devices;
}

std::string config_name(std::string_view profile) {
  std::string name = "all-" + std::string(profile);
  std::ranges::replace(name, '+', '.');
  return name;
}

class Generator {
 public:
  Result<std::vector<PartedConfig>> run(const mig::Node& node) {
    for (const mig::Gpu& gpu : node.gpus) TRY(take(gpu));
    if (kinds_.empty()) {
      return fail(Code::kNotSupported, "no GPU of this node can be cut, so there is no config");
    }
    std::map<std::string, std::vector<PartedEntry>> configs;
    configs["all-disabled"] = {entry(false, {})};
    configs["all-enabled"] = {entry(true, {})};
    for (const auto& [pci, geometry] : kinds_) add_kind(pci, *geometry, configs);
    std::vector<PartedConfig> made;
    for (auto& [name, entries] : configs) made.push_back({name, std::move(entries)});
    return made;
  }

 private:
  Result<> take(const mig::Gpu& gpu) {
    if (gpu.problem) {
      return fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu.index, *gpu.problem),
                  "a file without it would be wrong");
    }
    const bool seen = std::ranges::find(all_kinds_, gpu.pci_device_id) != all_kinds_.end();
    if (seen) return {};
    all_kinds_.push_back(gpu.pci_device_id);
    if (gpu.mode == mig::MigMode::kUnsupported) return {};
    if (gpu.geometry == nullptr || gpu.geometry->geometry.profiles.empty()) {
      return fail(Code::kUnavailable,
                  fmt::format("GPU {} ({}) does not tell its profiles", gpu.index, gpu.name),
                  "older drivers tell them only with MIG mode on: turn it on first");
    }
    kinds_.emplace_back(gpu.pci_device_id, &gpu.geometry->geometry);
    return {};
  }

  static PartedEntry entry(bool enabled, Devices devices) {
    PartedEntry made;
    made.all = true;
    made.mig_enabled = enabled;
    made.mig_devices = std::move(devices);
    return made;
  }

  void add(std::vector<PartedEntry>& entries, std::uint32_t pci, Devices devices) const {
    if (devices.empty()) return;
    const auto twin = std::ranges::find(entries, devices, &PartedEntry::mig_devices);
    if (twin != entries.end()) {
      twin->filters.push_back({pci, std::nullopt});
      return;
    }
    PartedEntry made = entry(true, std::move(devices));
    if (all_kinds_.size() > 1) made.filters.push_back({pci, std::nullopt});
    entries.push_back(std::move(made));
  }

  void add_kind(std::uint32_t pci, const mig::Geometry& geometry,
                std::map<std::string, std::vector<PartedEntry>>& configs) const {
    for (const mig::GpuInstanceProfile& profile : geometry.profiles) {
      const unsigned count = most_of(geometry, profile);
      if (count == 0) continue;
      add(configs[config_name(profile.name)], pci, {{std::string(profile.name), count}});
    }
    if (Devices devices = balanced(geometry); !devices.empty())
      add(configs["all-balanced"], pci, std::move(devices));
  }

  std::vector<std::uint32_t> all_kinds_;  // of every GPU, those that cannot be cut too
  std::vector<std::pair<std::uint32_t, const mig::Geometry*>> kinds_;
};

}  // namespace

Result<std::vector<PartedConfig>> generate_configs(const mig::Node& node) {
  return Generator().run(node);
}

}  // namespace septet::partition
