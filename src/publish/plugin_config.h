// publish/plugin_config.h — how a node's slices are to be offered to Kubernetes.
//
// Source. Flags, environment and file keys are those of NVIDIA's k8s-device-plugin v0.20 and GPU
//         Feature Discovery, so that an existing ConfigMap and DaemonSet keep working; precedence
//         command line, environment, file, default.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/yaml.h"

namespace septet::publish {

enum class MigStrategy : std::uint8_t { kNone, kSingle, kMixed };
std::string_view to_string(MigStrategy strategy);  // "mixed"
Result<MigStrategy> parse_mig_strategy(std::string_view text);

// How a container is told which devices are its own.
struct DeviceListStrategies {
  bool envvar = true, volume_mounts = false, cdi_annotations = false, cdi_cri = false;
  bool any_cdi() const { return cdi_annotations || cdi_cri; }
};
enum class DeviceIdStrategy : std::uint8_t { kUuid, kIndex };
enum class SharedPolicy : std::uint8_t { kDistributed, kPacked };
enum class SharingKind : std::uint8_t { kNone, kTimeSlicing, kMps };

struct SharedResource {
  std::string name;       // "nvidia.com/mig-1g.10gb"
  unsigned replicas = 2;  // at least 2
};
struct Sharing {
  SharingKind kind = SharingKind::kNone;
  bool rename_by_default = false;               // "<name>.shared"
  bool fail_requests_greater_than_one = false;  // default true for MPS
  std::vector<SharedResource> resources;
};

struct PluginConfig {
  MigStrategy strategy = MigStrategy::kNone;
  DeviceListStrategies lists;
  DeviceIdStrategy ids = DeviceIdStrategy::kUuid;
  SharedPolicy shared_policy = SharedPolicy::kDistributed;
  Sharing sharing;
  bool fail_on_init_error = true;
  bool pass_device_specs = false;
  std::string driver_root = "/", dev_root;             // dev_root empty: the driver root
  std::string container_driver_root = "/driver-root";  // where driver_root is in our container
  std::string cdi_annotation_prefix = "cdi.k8s.io/";
  std::string cdi_hook_path = "/usr/bin/nvidia-ctk";
  std::vector<std::string> cdi_disabled_hooks;  // "update-ldcache", or "all"
  std::string mps_root;
  bool gdrcopy = false, gds = false, mofed = false;
  std::vector<unsigned> imex_channels;  // [] or [0]
  bool imex_required = false;
  // GPU Feature Discovery.
  bool use_node_feature_api = true, no_timestamp = false, oneshot = false;
  double label_interval_s = 60;
  std::string label_file = "/etc/kubernetes/node-feature-discovery/features.d/gfd";
  std::string machine_type_file = "/sys/class/dmi/id/product_name";
  std::vector<std::string> warnings;  // what the file asks for and is not followed, and why
};

// What is in the file replaces what is in `config`. kInvalidArgument with file, line and column.
// Keys that others' plugins read and septet does not follow are in `config.warnings`.
Result<> read_plugin_config(const YamlDocument& document, PluginConfig& config);

// An environment variable's value by name; nullopt: not set. Set but empty counts as not set, for
// charts write empty variables.
using Environment = std::optional<std::string> (*)(const char* name);
// Environment over what is in `config`. kInvalidArgument names the variable.
Result<> read_plugin_environment(Environment environment, PluginConfig& config);

// The flags there are, for the command line to declare. A repeated flag's values are given to
// read_plugin_flag in one call, joined by commas.
struct PluginFlag {
  std::vector<std::string_view> names;  // without dashes, aliases after the first
  std::string_view values;              // "true or false"
  bool is_switch = false;               // `--flag` alone means true
  bool is_list = false;                 // may be repeated
};
std::vector<PluginFlag> plugin_flags();
// One `--flag` and its value, without the dashes, any alias; false: not one of ours. An empty value
// of a switch means true.
// kInvalidArgument names the flag. `--config-file` and `--kubelet-socket` are the caller's.
Result<bool> read_plugin_flag(std::string_view flag, std::string_view value, PluginConfig& config);

}  // namespace septet::publish
