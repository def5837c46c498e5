// partition/parted_file.h — reads and writes mig-parted's configuration files, version v1.
//
// Form.   version: v1
//         mig-configs:
//           NAME:
//           - devices: all | [0, 1]
//             device-filter: "0x233010DE"        # optional, or a list of them;
//                                                # PCI device << 16 | vendor
//             mig-enabled: true
//             mig-devices: {"1g.10gb": 7}
// Errors. kInvalidArgument with file, line and column: unknown keys with the nearest known, keys
//         written twice, profiles that are no names, devices for a GPU that is not to be cut.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "base/yaml.h"

namespace septet::partition {

struct PartedFilter {
  std::uint32_t device = 0;
  std::optional<std::uint32_t> subsystem;
  friend bool operator==(const PartedFilter&, const PartedFilter&) = default;
};

struct PartedEntry {
  bool all = false;
  std::vector<std::uint32_t> devices;  // when not all
  std::vector<PartedFilter> filters;   // empty: every GPU
  bool mig_enabled = false;
  std::vector<std::pair<std::string, unsigned>> mig_devices;  // as written, zero counts left out
  std::string where;
};

struct PartedConfig {
  std::string name;
  std::vector<PartedEntry> entries;
};

bool looks_like_parted(const YamlDocument& document);
Result<std::vector<PartedConfig>> read_parted(const YamlDocument& document);
// The one named, or the only one when `name` is empty. kNotFound names the nearest.
Result<PartedConfig> select_config(const std::vector<PartedConfig>& configs, std::string_view name);

// As mig-parted writes them, byte for byte: profiles in natural order, lists on one line.
std::string to_yaml(const std::vector<PartedConfig>& configs);
std::string to_yaml(const PartedConfig& config);
Json to_json(const std::vector<PartedConfig>& configs);

}  // namespace septet::partition
