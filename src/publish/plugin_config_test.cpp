#include "publish/plugin_config.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <tuple>

#include "publish/plugin_settings.h"

namespace septet::publish {
namespace {

PluginConfig read(const std::string& text) {
  const auto document = parse_yaml("config.yaml", text);
  EXPECT_TRUE(document) << document.error().describe();
  PluginConfig config;
  const auto done = read_plugin_config(*document, config);
  EXPECT_TRUE(done) << done.error().describe();
  return config;
}

std::string refusal(const std::string& text) {
  const auto document = parse_yaml("config.yaml", text);
  if (!document) return document.error().describe();
  PluginConfig config;
  config.mps_root = "untouched";
  const auto done = read_plugin_config(*document, config);
  if (done) return "accepted";
  EXPECT_EQ(done.error().code, Code::kInvalidArgument);
  EXPECT_EQ(config.mps_root, "untouched");  // whole or not at all
  return done.error().describe();
}

std::map<std::string, std::string> variables;
std::optional<std::string> variable(const char* name) {
  const auto found = variables.find(name);
  return found == variables.end() ? std::nullopt : std::optional(found->second);
}

TEST(PluginConfig, ReadsWhatNvidiasConfigMapsSay) {
  const PluginConfig config = read(R"(
version: v1
flags:
  migStrategy: mixed
  failOnInitError: false
  nvidiaDriverRoot: /run/nvidia/driver
  nvidiaDevRoot: null
  gdsEnabled: true
  useNodeFeatureAPI: false
  plugin:
    passDeviceSpecs: true
    deviceListStrategy: [envvar, cdi-cri]
    deviceIDStrategy: index
    sharedDevicesAllocationPolicy: packed
  gfd: {oneshot: true, noTimestamp: true, sleepInterval: 1m30s, outputFile: /tmp/gfd}
sharing:
  timeSlicing:
    renameByDefault: true
    failRequestsGreaterThanOne: true
    resources:
    - {name: nvidia.com/mig-1g.10gb, replicas: 4}
    - {name: gpu, replicas: 2, devices: all, rename: gpu.shared}
imex: {channelIDs: [0], required: true}
)");
  EXPECT_EQ(config.strategy, MigStrategy::kMixed);
  EXPECT_FALSE(config.fail_on_init_error);
  EXPECT_EQ(config.driver_root, "/run/nvidia/driver");
  EXPECT_EQ(config.dev_root, "");
  EXPECT_TRUE(config.gds && config.pass_device_specs && !config.use_node_feature_api);
  EXPECT_TRUE(config.lists.envvar && config.lists.cdi_cri);
  EXPECT_FALSE(config.lists.volume_mounts || config.lists.cdi_annotations);
  EXPECT_EQ(config.ids, DeviceIdStrategy::kIndex);
  EXPECT_EQ(config.shared_policy, SharedPolicy::kPacked);
  EXPECT_TRUE(config.oneshot && config.no_timestamp && config.imex_required);
  EXPECT_DOUBLE_EQ(config.label_interval_s, 90);
  EXPECT_EQ(config.label_file, "/tmp/gfd");
  EXPECT_EQ(config.sharing.kind, SharingKind::kTimeSlicing);
  EXPECT_TRUE(config.sharing.rename_by_default && config.sharing.fail_requests_greater_than_one);
  ASSERT_EQ(config.sharing.resources.size(), 2u);
  EXPECT_EQ(config.sharing.resources[0].name, "nvidia.com/mig-1g.10gb");
  EXPECT_EQ(config.sharing.resources[0].replicas, 4u);
  EXPECT_EQ(config.sharing.resources[1].name, "nvidia.com/gpu");
  EXPECT_EQ(config.imex_channels, (std::vector<unsigned>{0}));
  EXPECT_TRUE(config.warnings.empty()) << config.warnings[0];
}

TEST(PluginConfig, AnEmptyFileAndJsonAreFilesToo) {
  EXPECT_EQ(read("").strategy, MigStrategy::kNone);
  EXPECT_EQ(read("version:\nflags:\n").strategy, MigStrategy::kNone);
  EXPECT_EQ(read(R"({"version":"v1","flags":{"migStrategy":"single"}})").strategy,
            MigStrategy::kSingle);
}

TEST(PluginConfig, WarnsOfWhatTheirsIgnoresToo) {
  const PluginConfig config = read(R"(
resources: {gpus: [{pattern: "*", name: a100}]}
sharing:
  mps:
    resources:
    - {name: gpu, replicas: 10, rename: mine, devices: ["0:1"]}
  timeSlicing:
    resources: [{name: gpu, replicas: 2}]
)");
  ASSERT_EQ(config.warnings.size(), 4u);
  EXPECT_TRUE(config.warnings[0].contains("config.yaml:2:")) << config.warnings[0];
  EXPECT_TRUE(config.warnings[0].contains("resources"));
  EXPECT_TRUE(config.warnings[1].contains("mps is there as well")) << config.warnings[1];
  EXPECT_TRUE(config.warnings[2].contains("rename"));
  EXPECT_TRUE(config.warnings[3].contains("devices"));
  EXPECT_EQ(config.sharing.kind, SharingKind::kMps);
  EXPECT_TRUE(config.sharing.fail_requests_greater_than_one);  // MPS's default
  EXPECT_EQ(config.sharing.resources.at(0).replicas, 10u);
  EXPECT_EQ(read("sharing: {timeSlicing: {}}").sharing.kind, SharingKind::kNone);
}

TEST(PluginConfig, RefusesWithThePlaceAndTheNearest) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> cases = {
      {"version: v2", {"config.yaml:1:10", "version \"v2\"", "version: v1"}},
      {"flags: {migStratgy: mixed}", {"config.yaml:1:9", "migStratgy", "migStrategy"}},
      {"flags: {plugin: {passDeviceSpec: true}}", {"passDeviceSpecs"}},
      {"flags: {gfd: {sleepIntervall: 60s}}", {"sleepInterval"}},
      {"flgs: {}", {"flags"}},
      {"flags: {migStrategy: mixd}", {"config.yaml:1:22", "mixd", "mixed"}},
      {"flags: {migStrategy: [mixed]}", {"migStrategy must be a text"}},
      {"flags: {failOnInitError: maybe}", {"failOnInitError: must be true or false"}},
      {"flags: {plugin: {deviceListStrategy: [envvar, cdi]}}", {"cdi", "cdi-cri"}},
      {"flags: {plugin: {deviceListStrategy: []}}", {"no device list strategy"}},
      {"flags: {deviceDiscoveryStrategy: tegra}", {"tegra", "NVML"}},
      {"flags: {gfd: {sleepInterval: 60}}", {"like 60s"}},
      {"flags: {gfd: {sleepInterval: -5s}}", {"like 60s"}},
      {"flags: {gfd: {sleepInterval: 1ms}}", {"like 60s"}},
      {"flags: {gfd: {sleepInterval: 1e300h}}", {"like 60s"}},
      {"imex: {channelIDs: [1]}", {"[] or [0]"}},
      {"imex: {channelIDs: [0, 0]}", {"[] or [0]"}},
      {"imex: [0]", {"mapping"}},
      {"sharing: {timeSlicing: {resources: [{name: gpu, replicas: 1}]}}", {"at least 2"}},
      {"sharing: {timeSlicing: {resources: [{name: gpu}]}}", {"replicas is missing"}},
      {"sharing: {timeSlicing: {resources: [{replicas: 2}]}}", {"name is missing"}},
      {"sharing: {timeSlicing: {resources: [{name: gpu, replicas: 99999}]}}", {"replicas"}},
      {"sharing: {timeSlicing: {resources: [{name: gpu, replicas: 2}, {name: nvidia.com/gpu, "
       "replicas: 3}]}}",
       {"shared twice"}},
      {"sharing: {timeSlicing: {resources: all}}", {"must be a list"}},
      {"sharing: {timeslicing: {}}", {"timeSlicing"}},
      {"[1, 2]", {"mapping"}},
  };
  for (const auto& [text, words] : cases)
    for (const std::string& word : words)
      EXPECT_TRUE(refusal(text).contains(word)) << text << "\n  " << refusal(text);
}

// One setting by four hands: each may set it, the later one wins.
struct Hands {
  const char *flag, *environment, *file;  // file: a key below `flags:`, "plugin.passDeviceSpecs"
};
using Shown = std::function<std::string(const PluginConfig&)>;

std::string file_saying(std::string_view key, std::string_view value) {
  const std::size_t dot = key.find('.');
  if (dot == std::string_view::npos) return fmt::format("flags: {{{}: {}}}", key, value);
  return fmt::format("flags: {{{}: {{{}: {}}}}}", key.substr(0, dot), key.substr(dot + 1), value);
}

// `values`: by default, by file, by environment, by flag; each different from the one before it.
void check_hands(const Hands& hands, const std::array<const char*, 4>& values, const Shown& shown) {
  SCOPED_TRACE(std::string(hands.flag) + " " + hands.environment);
  const auto as_shown = [&](const char* value) {
    PluginConfig config;
    EXPECT_TRUE(read_plugin_flag(hands.flag, value, config).value_or(false));
    return shown(config);
  };
  for (std::size_t i = 1; i < values.size(); ++i) EXPECT_STRNE(values.at(i), values.at(i - 1));
  EXPECT_EQ(shown(PluginConfig{}), as_shown(values[0]));
  PluginConfig config = read(file_saying(hands.file, values[1]));
  EXPECT_EQ(shown(config), as_shown(values[1]));
  variables = {{hands.environment, values[2]}};
  EXPECT_TRUE(read_plugin_environment(variable, config));
  variables.clear();
  EXPECT_EQ(shown(config), as_shown(values[2]));
  EXPECT_TRUE(read_plugin_flag(hands.flag, values[3], config).value_or(false));
  EXPECT_EQ(shown(config), as_shown(values[3]));
}

TEST(PluginConfig, PathsByCommandLineBeforeEnvironmentBeforeFileBeforeDefault) {
  using C = PluginConfig;
  const std::vector<std::tuple<Hands, std::string C::*>> rows = {
      {{"driver-root", "NVIDIA_DRIVER_ROOT", "nvidiaDriverRoot"}, &C::driver_root},
      {{"nvidia-driver-root", "NVIDIA_DRIVER_ROOT", "nvidiaDriverRoot"}, &C::driver_root},
      {{"dev-root", "NVIDIA_DEV_ROOT", "nvidiaDevRoot"}, &C::dev_root},
      {{"nvidia-dev-root", "NVIDIA_DEV_ROOT", "nvidiaDevRoot"}, &C::dev_root},
      {{"cdi-annotation-prefix", "CDI_ANNOTATION_PREFIX", "plugin.cdiAnnotationPrefix"},
       &C::cdi_annotation_prefix},
      {{"nvidia-cdi-hook-path", "NVIDIA_CDI_HOOK_PATH", "plugin.nvidiaCTKPath"}, &C::cdi_hook_path},
      {{"nvidia-ctk-path", "NVIDIA_CTK_PATH", "plugin.nvidiaCTKPath"}, &C::cdi_hook_path},
      {{"driver-root-ctr-path", "DRIVER_ROOT_CTR_PATH", "plugin.containerDriverRoot"},
       &C::container_driver_root},
      {{"container-driver-root", "CONTAINER_DRIVER_ROOT", "plugin.containerDriverRoot"},
       &C::container_driver_root},
      {{"mps-root", "MPS_ROOT", "mpsRoot"}, &C::mps_root},
      {{"output-file", "GFD_OUTPUT_FILE", "gfd.outputFile"}, &C::label_file},
      {{"o", "GFD_OUTPUT_FILE", "gfd.outputFile"}, &C::label_file},
      {{"machine-type-file", "GFD_MACHINE_TYPE_FILE", "gfd.machineTypeFile"},
       &C::machine_type_file},
  };
  for (const auto& [hands, field] : rows) {
    const PluginConfig untouched;
    check_hands(hands, {(untouched.*field).c_str(), "/by/file", "/by/environment", "/by/flag"},
                [&field](const C& config) { return config.*field; });
  }
}

TEST(PluginConfig, SwitchesByCommandLineBeforeEnvironmentBeforeFileBeforeDefault) {
  using C = PluginConfig;
  const std::vector<std::tuple<Hands, bool C::*>> rows = {
      {{"fail-on-init-error", "FAIL_ON_INIT_ERROR", "failOnInitError"}, &C::fail_on_init_error},
      {{"fail-on-init-error", "GFD_FAIL_ON_INIT_ERROR", "failOnInitError"}, &C::fail_on_init_error},
      {{"pass-device-specs", "PASS_DEVICE_SPECS", "plugin.passDeviceSpecs"}, &C::pass_device_specs},
      {{"gdrcopy-enabled", "GDRCOPY_ENABLED", "gdrcopyEnabled"}, &C::gdrcopy},
      {{"gds-enabled", "GDS_ENABLED", "gdsEnabled"}, &C::gds},
      {{"mofed-enabled", "MOFED_ENABLED", "mofedEnabled"}, &C::mofed},
      {{"use-node-feature-api", "GFD_USE_NODE_FEATURE_API", "useNodeFeatureAPI"},
       &C::use_node_feature_api},
      {{"oneshot", "GFD_ONESHOT", "gfd.oneshot"}, &C::oneshot},
      {{"no-timestamp", "GFD_NO_TIMESTAMP", "gfd.noTimestamp"}, &C::no_timestamp},
  };
  for (const auto& [hands, field] : rows) {
    const Shown shown = [&field](const C& config) { return config.*field ? "yes" : "no"; };
    if (PluginConfig{}.*field)
      check_hands(hands, {"true", "false", "T", "0"}, shown);
    else
      check_hands(hands, {"false", "true", "F", "1"}, shown);
  }
}

TEST(PluginConfig, WordsByCommandLineBeforeEnvironmentBeforeFileBeforeDefault) {
  using C = PluginConfig;
  const Shown strategy = [](const C& config) { return std::string(to_string(config.strategy)); };
  check_hands({"mig-strategy", "MIG_STRATEGY", "migStrategy"}, {"none", "single", "mixed", "none"},
              strategy);
  check_hands({"mig-strategy", "GFD_MIG_STRATEGY", "migStrategy"},
              {"none", "single", "mixed", "none"}, strategy);
  check_hands({"device-id-strategy", "DEVICE_ID_STRATEGY", "plugin.deviceIDStrategy"},
              {"uuid", "index", "uuid", "index"},
              [](const C& config) { return std::to_string(static_cast<int>(config.ids)); });
  check_hands({"shared-devices-allocation-policy", "SHARED_DEVICES_ALLOCATION_POLICY",
               "plugin.sharedDevicesAllocationPolicy"},
              {"distributed", "packed", "distributed", "packed"}, [](const C& config) {
                return std::to_string(static_cast<int>(config.shared_policy));
              });
  check_hands({"sleep-interval", "GFD_SLEEP_INTERVAL", "gfd.sleepInterval"},
              {"60s", "5s", "1m1.5s", "2h"},
              [](const C& config) { return fmt::format("{}", config.label_interval_s); });
  check_hands({"device-list-strategy", "DEVICE_LIST_STRATEGY", "plugin.deviceListStrategy"},
              {"envvar", "cdi-cri", "volume-mounts, cdi-annotations", "envvar,cdi-cri"},
              [](const C& config) {
                const DeviceListStrategies& lists = config.lists;
                return fmt::format("{} {} {} {}", lists.envvar, lists.volume_mounts,
                                   lists.cdi_annotations, lists.cdi_cri);
              });
}

TEST(PluginConfig, AnEmptyVariableIsNotSetAndABadOneIsNamed) {
  PluginConfig config;
  variables = {{"MIG_STRATEGY", ""}, {"PASS_DEVICE_SPECS", ""}, {"GFD_MIG_STRATEGY", "mixed"}};
  ASSERT_TRUE(read_plugin_environment(variable, config));
  EXPECT_EQ(config.strategy, MigStrategy::kMixed);
  variables = {{"GDS_ENABLED", "maybe"}};
  const auto bad = read_plugin_environment(variable, config);
  ASSERT_FALSE(bad);
  EXPECT_TRUE(bad.error().what.starts_with("GDS_ENABLED: must be true or false"));
  variables.clear();
  const auto flag = read_plugin_flag("mig-strategy", "mixd", config);
  ASSERT_FALSE(flag);
  EXPECT_TRUE(flag.error().what.starts_with("--mig-strategy: MIG strategy \"mixd\""));
  EXPECT_TRUE(flag.error().remedy.contains("mixed"));
  EXPECT_FALSE(*read_plugin_flag("config-file", "x", config));
  EXPECT_FALSE(*read_plugin_flag("kubelet-socket", "x", config));
  EXPECT_FALSE(read_plugin_flag("mps-root", "/a\nb", config));
}

// What is declared can be given, and no two settings share a name.
TEST(PluginConfig, EveryFlagAndVariableHasOneMeaning) {
  std::map<std::string_view, int> seen;
  for (const PluginSetting& setting : plugin_settings()) {
    for (const std::string_view flag : setting.flags) EXPECT_EQ(seen[flag]++, 0) << flag;
    for (const char* const name : setting.environment) EXPECT_EQ(seen[name]++, 0) << name;
    if (setting.file.empty()) continue;
    EXPECT_EQ(seen[setting.file]++, 0) << setting.file;
  }
  for (const PluginFlag& flag : plugin_flags()) {
    EXPECT_FALSE(flag.values.empty());
    if (!flag.is_switch) continue;
    PluginConfig config;
    EXPECT_TRUE(read_plugin_flag(flag.names.back(), "", config).value());
  }
}

}  // namespace
}  // namespace septet::publish
