#include "partition/parted_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/nearest.h"
#include "base/quoted.h"
#include "mig/profile_name.h"

namespace septet::partition {

namespace {

constexpr std::uint64_t kMostGpuIndexes = 1024;
constexpr std::uint64_t kMostDevices = 64;

std::optional<std::uint32_t> pci_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

class PartedReader {
 public:
  explicit PartedReader(const YamlDocument& document) : document_(document) {}

  Result<std::vector<PartedConfig>> run() {
    TRY(check_keys(document_, document_.root, {"version", "mig-configs"}));
    const YAML::Node version = document_.root["version"];
    if (!version)
      return fail_at(document_, document_.root, "version is missing", "add version: v1");
    const auto text = TRY(as_text(document_, version, "version"));
    if (text != "v1") {
      return fail_at(document_, version, "version " + quoted(text) + " is not known",
                     "write version: v1");
    }
    const YAML::Node map = document_.root["mig-configs"];
    if (!map || !map.IsMap() || map.size() == 0) {
      return fail_at(document_, map ? map : document_.root,
                     "mig-configs must be a map of named configs");
    }
    std::vector<PartedConfig> configs;
    for (const auto& pair : map) {
      PartedConfig config;
      config.name = TRY(as_text(document_, pair.first, "the name of a config"));
      if (std::ranges::find(configs, config.name, &PartedConfig::name) != configs.end()) {
        return fail_at(document_, pair.first,
                       "config " + quoted(config.name) + " is written twice");
      }
      TRY(read_config(pair.second, pair.first, config));
      configs.push_back(std::move(config));
    }
    return configs;
  }

 private:
  Result<> read_config(const YAML::Node& list, const YAML::Node& name, PartedConfig& config) {
    if (!list.IsSequence() || list.size() == 0) {
      return fail_at(document_, name,
                     "config " + quoted(config.name) + " must be a list of entries",
                     "begin each entry with \"- devices:\"");
    }
    for (const YAML::Node& entry : list) config.entries.push_back(TRY(read_entry(entry)));
    return {};
  }

  Result<PartedEntry> read_entry(const YAML::Node& node) {
    if (!node.IsMap()) return fail_at(document_, node, "an entry must be a map");
    TRY(check_keys(document_, node, {"devices", "device-filter", "mig-enabled", "mig-devices"}));
    PartedEntry entry;
    entry.where = where(document_, node);
    for (const char* const key : {"devices", "mig-enabled"}) {
      if (!node[key]) return fail_at(document_, node, fmt::format("{} is missing", key));
    }
    TRY(read_devices(node["devices"], entry));
    if (node["device-filter"]) TRY(read_filters(node["device-filter"], entry));
    entry.mig_enabled = TRY(as_bool(document_, node["mig-enabled"], "mig-enabled"));
    const YAML::Node devices = node["mig-devices"];
    if (!devices) {
      if (!entry.mig_enabled) return entry;
      return fail_at(document_, node, "mig-enabled is true, but mig-devices is missing",
                     "write mig-devices: {} for an empty GPU");
    }
    TRY(read_mig_devices(devices, entry));
    if (!entry.mig_enabled && devices.size() > 0) {
      return fail_at(document_, devices, "mig-devices on a GPU whose mig-enabled is false",
                     "set mig-enabled: true, or take mig-devices out");
    }
    return entry;
  }

  Result<> read_devices(const YAML::Node& node, PartedEntry& entry) {
    if (node.IsScalar()) {
      const auto text = TRY(as_text(document_, node, "devices"));
      if (text == "all") {
        entry.all = true;
        return {};
      }
    }
    if (!node.IsSequence()) {
      return fail_at(document_, node, "devices is neither all nor a list of GPU indices",
                     "write devices: all or devices: [0, 1]");
    }
    for (const YAML::Node& index : node) {
      const auto gpu = TRY(as_count(document_, index, "a GPU index", kMostGpuIndexes));
      entry.devices.push_back(static_cast<std::uint32_t>(gpu));
    }
    return {};
  }

  Result<> read_filters(const YAML::Node& node, PartedEntry& entry) {
    if (!node.IsSequence()) return read_filter(node, entry);
    for (const YAML::Node& one : node) TRY(read_filter(one, entry));
    return {};
  }

  Result<> read_filter(const YAML::Node& node, PartedEntry& entry) {
    const auto text = TRY(as_text(document_, node, "device-filter"));
    if (text.empty()) return {};
    const std::size_t colon = text.find(':');
    const auto device = pci_number(std::string_view(text).substr(0, colon));
    PartedFilter filter;
    bool good = device.has_value();
    if (good) filter.device = *device;
    if (good && colon != std::string::npos) {
      filter.subsystem = pci_number(std::string_view(text).substr(colon + 1));
      good = filter.subsystem.has_value();
    }
    if (!good) {
      return fail_at(document_, node, "device-filter " + quoted(text) + " is not a PCI id",
                     "write the device and vendor as one number: \"0x233010DE\"");
    }
    entry.filters.push_back(filter);
    return {};
  }

  Result<> read_mig_devices(const YAML::Node& node, PartedEntry& entry) {
    if (!node.IsMap())
      return fail_at(document_, node, "mig-devices must be a map of profile to count");
    for (const auto& pair : node) {
      const auto name = TRY(as_text(document_, pair.first, "a profile"));
      if (auto parsed = mig::parse_profile_name(name); !parsed) {
        return fail_at(document_, pair.first, parsed.error().what, parsed.error().remedy);
      }
      const auto count =
          TRY(as_count(document_, pair.second, "the count of " + name, kMostDevices));
      const auto twin =
          std::ranges::find(entry.mig_devices, name, &std::pair<std::string, unsigned>::first);
      if (twin != entry.mig_devices.end()) {
        return fail_at(document_, pair.first, "profile " + name + " is written twice");
      }
      entry.mig_devices.emplace_back(name, static_cast<unsigned>(count));
    }
    std::erase_if(entry.mig_devices, [](const auto& device) { return device.second == 0; });
    if (node.size() > 0 && entry.mig_devices.empty()) {
      return fail_at(document_, node, "every count in mig-devices is 0",
                     "write mig-devices: {} for an empty GPU");
    }
    return {};
  }

  const YamlDocument& document_;
};

}  // namespace

bool looks_like_parted(const YamlDocument& document) {
  return document.root.IsMap() && document.root["mig-configs"];
}

Result<std::vector<PartedConfig>> read_parted(const YamlDocument& document) {
  return PartedReader(document).run();
}

Result<PartedConfig> select_config(const std::vector<PartedConfig>& configs,
                                   std::string_view name) {
  std::vector<std::string_view> names;
  for (const PartedConfig& config : configs) names.push_back(config.name);
  if (name.empty()) {
    if (configs.size() == 1) return configs[0];
    return fail(Code::kInvalidArgument, fmt::format("the file has {} configs", configs.size()),
                fmt::format("choose one with -c: {}", fmt::join(names, ", ")));
  }
  const auto found = std::ranges::find(configs, name, &PartedConfig::name);
  if (found != configs.end()) return *found;
  return fail(Code::kNotFound, "the file has no config " + quoted(name), did_you_mean(name, names));
}

}  // namespace septet::partition
