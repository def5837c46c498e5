#include "publish/plugin_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/nearest.h"
#include "base/quoted.h"

namespace septet::publish {
namespace {

constexpr double kShortestInterval = 1.0, kLongestInterval = 30.0 * 24 * 3600;  // seconds
constexpr std::size_t kLongestPath = 4096;

std::unexpected<Error> unfit(std::string_view text, std::string_view values) {
  return fail(Code::kInvalidArgument, fmt::format("must be {}, got {}", values, quoted(text)));
}

// One of `words`, by its number in the list.
template <std::size_t kCount>
Result<std::size_t> one_of(std::string_view text,
                           const std::array<std::string_view, kCount>& words) {
  const auto found = std::ranges::find(words, text);
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  return fail(Code::kInvalidArgument, quoted(text) + " is not known", did_you_mean(text, words));
}

// What Go's strconv.ParseBool takes, and YAML's yes and no.
Result<bool> switch_value(std::string_view text) {
  constexpr std::array<std::string_view, 8> kYes = {"1",    "t",    "T",   "true",
                                                    "True", "TRUE", "yes", "on"};
  constexpr std::array<std::string_view, 8> kNo = {"0",     "f",     "F",  "false",
                                                   "False", "FALSE", "no", "off"};
  if (std::ranges::find(kYes, text) != kYes.end()) return true;
  if (std::ranges::find(kNo, text) != kNo.end()) return false;
  return unfit(text, "true or false");
}

template <bool PluginConfig::*kField>
Result<> set_switch(std::string_view text, PluginConfig& config) {
  config.*kField = TRY(switch_value(text));
  return {};
}

template <std::string PluginConfig::*kField>
Result<> set_text(std::string_view text, PluginConfig& config) {
  const bool control = std::ranges::any_of(text, [](char c) { return c >= 0 && c < ' '; });
  if (control || text.size() > kLongestPath) return unfit(text, "one line of at most 4096 bytes");
  config.*kField = std::string(text);
  return {};
}

Result<> set_strategy(std::string_view text, PluginConfig& config) {
  config.strategy = TRY(parse_mig_strategy(text));
  return {};
}

Result<> set_lists(std::string_view text, PluginConfig& config) {
  constexpr std::array<std::string_view, 4> kWords = {"envvar", "volume-mounts", "cdi-annotations",
                                                      "cdi-cri"};
  DeviceListStrategies lists{false, false, false, false};
  const std::array<bool*, 4> fields = {&lists.envvar, &lists.volume_mounts, &lists.cdi_annotations,
                                       &lists.cdi_cri};
  const auto words = words_of_list(text);
  if (words.empty()) return fail(Code::kInvalidArgument, "names no device list strategy");
  for (const std::string& word : words) *fields.at(TRY(one_of(word, kWords))) = true;
  config.lists = lists;
  return {};
}

Result<> set_ids(std::string_view text, PluginConfig& config) {
  constexpr std::array<std::string_view, 2> kWords = {"uuid", "index"};
  config.ids = TRY(one_of(text, kWords)) == 0 ? DeviceIdStrategy::kUuid : DeviceIdStrategy::kIndex;
  return {};
}

Result<> set_shared_policy(std::string_view text, PluginConfig& config) {
  constexpr std::array<std::string_view, 2> kWords = {"distributed", "packed"};
  config.shared_policy =
      TRY(one_of(text, kWords)) == 0 ? SharedPolicy::kDistributed : SharedPolicy::kPacked;
  return {};
}

Result<> set_discovery(std::string_view text, PluginConfig&) {
  constexpr std::array<std::string_view, 3> kWords = {"auto", "nvml", "tegra"};
  if (TRY(one_of(text, kWords)) != 2) return {};
  return fail(Code::kInvalidArgument, "\"tegra\" is not what septet does: it asks NVML",
              "write auto or nvml, and leave Tegra boards to NVIDIA's plugin");
}

// NVIDIA's plugin knows one channel: 0.
Result<> set_imex_channels(std::string_view text, PluginConfig& config) {
  const auto words = words_of_list(text);
  if (words.size() > 1 || (words.size() == 1 && words[0] != "0")) return unfit(text, "[] or [0]");
  config.imex_channels.assign(words.size(), 0);
  return {};
}

Result<> set_disabled_hooks(std::string_view text, PluginConfig& config) {
  config.cdi_disabled_hooks = words_of_list(text);
  return {};
}

Result<> set_cdi_features(std::string_view text, PluginConfig& config) {
  if (!words_of_list(text).empty())
    config.warnings.push_back("CDI feature flags " + quoted(text) + " are NVIDIA's own: ignored");
  return {};
}

// Go's durations: "1m30s", "500ms". A number alone would be nanoseconds there: refused.
std::optional<double> seconds_of(std::string_view text) {
  struct Unit {
    std::string_view name;
    double seconds;
  };
  constexpr std::array<Unit, 7> kUnits = {{{"ns", 1e-9},
                                           {"us", 1e-6},
                                           {"µs", 1e-6},
                                           {"ms", 1e-3},
                                           {"s", 1.0},
                                           {"m", 60.0},
                                           {"h", 3600.0}}};
  if (text.empty()) return std::nullopt;
  double sum = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{} || !(number >= 0)) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    const auto unit =
        std::ranges::find_if(kUnits, [&](const Unit& one) { return text.starts_with(one.name); });
    // "m" is the beginning of "ms", which stands before it.
    if (unit == kUnits.end()) return std::nullopt;
    text.remove_prefix(unit->name.size());
    sum += number * unit->seconds;
  }
  return sum;
}

Result<> set_interval(std::string_view text, PluginConfig& config) {
  const auto seconds = seconds_of(text);
  if (!seconds || !(*seconds >= kShortestInterval && *seconds <= kLongestInterval))
    return unfit(text, "a time between 1s and 720h, like 60s");
  config.label_interval_s = *seconds;
  return {};
}

using C = PluginConfig;
constexpr std::string_view kBool = "true or false", kPath = "a path";

const std::vector<PluginSetting>& plugin_rows() {
  static const std::vector<PluginSetting> kRows = {
      {{"device-list-strategy"},
       {"DEVICE_LIST_STRATEGY"},
       "plugin.deviceListStrategy",
       "envvar, volume-mounts, cdi-annotations, cdi-cri",
       false,
       true,
       set_lists},
      {{"device-id-strategy"},
       {"DEVICE_ID_STRATEGY"},
       "plugin.deviceIDStrategy",
       "uuid or index",
       false,
       false,
       set_ids},
      {{"pass-device-specs"},
       {"PASS_DEVICE_SPECS"},
       "plugin.passDeviceSpecs",
       kBool,
       true,
       false,
       set_switch<&C::pass_device_specs>},
      {{"shared-devices-allocation-policy"},
       {"SHARED_DEVICES_ALLOCATION_POLICY"},
       "plugin.sharedDevicesAllocationPolicy",
       "distributed or packed",
       false,
       false,
       set_shared_policy},
      {{"cdi-annotation-prefix"},
       {"CDI_ANNOTATION_PREFIX"},
       "plugin.cdiAnnotationPrefix",
       "a prefix",
       false,
       false,
       set_text<&C::cdi_annotation_prefix>},
      {{"nvidia-cdi-hook-path", "nvidia-ctk-path"},
       {"NVIDIA_CDI_HOOK_PATH", "NVIDIA_CTK_PATH"},
       "plugin.nvidiaCTKPath",
       kPath,
       false,
       false,
       set_text<&C::cdi_hook_path>},
      {{"driver-root-ctr-path", "container-driver-root"},
       {"DRIVER_ROOT_CTR_PATH", "CONTAINER_DRIVER_ROOT"},
       "plugin.containerDriverRoot",
       kPath,
       false,
       false,
       set_text<&C::container_driver_root>},
      {{"cdi-feature-flags"}, {"CDI_FEATURE_FLAGS"}, "", "names", false, true, set_cdi_features},
      {{"cdi-disable-hooks"},
       {"CDI_DISABLE_HOOKS"},
       "",
       "names of hooks, or all",
       false,
       true,
       set_disabled_hooks},
      {{"imex-channel-ids"}, {"IMEX_CHANNEL_IDS"}, "", "[] or [0]", false, true, set_imex_channels},
      {{"imex-required"}, {"IMEX_REQUIRED"}, "", kBool, true, false, set_switch<&C::imex_required>},
  };
  return kRows;
}

const std::vector<PluginSetting>& common_rows() {
  static const std::vector<PluginSetting> kRows = {
      {{"mig-strategy"},
       {"MIG_STRATEGY", "GFD_MIG_STRATEGY"},
       "migStrategy",
       "none, single or mixed",
       false,
       false,
       set_strategy},
      {{"fail-on-init-error"},
       {"FAIL_ON_INIT_ERROR", "GFD_FAIL_ON_INIT_ERROR"},
       "failOnInitError",
       kBool,
       true,
       false,
       set_switch<&C::fail_on_init_error>},
      {{"driver-root", "nvidia-driver-root"},
       {"NVIDIA_DRIVER_ROOT"},
       "nvidiaDriverRoot",
       kPath,
       false,
       false,
       set_text<&C::driver_root>},
      {{"dev-root", "nvidia-dev-root"},
       {"NVIDIA_DEV_ROOT"},
       "nvidiaDevRoot",
       kPath,
       false,
       false,
       set_text<&C::dev_root>},
      {{"mps-root"}, {"MPS_ROOT"}, "mpsRoot", kPath, false, false, set_text<&C::mps_root>},
      {{"gdrcopy-enabled"},
       {"GDRCOPY_ENABLED"},
       "gdrcopyEnabled",
       kBool,
       true,
       false,
       set_switch<&C::gdrcopy>},
      {{"gds-enabled"}, {"GDS_ENABLED"}, "gdsEnabled", kBool, true, false, set_switch<&C::gds>},
      {{"mofed-enabled"},
       {"MOFED_ENABLED"},
       "mofedEnabled",
       kBool,
       true,
       false,
       set_switch<&C::mofed>},
      {{"device-discovery-strategy"},
       {"DEVICE_DISCOVERY_STRATEGY"},
       "deviceDiscoveryStrategy",
       "auto or nvml",
       false,
       false,
       set_discovery},
  };
  return kRows;
}

const std::vector<PluginSetting>& feature_discovery_rows() {
  static const std::vector<PluginSetting> kRows = {
      {{"use-node-feature-api"},
       {"GFD_USE_NODE_FEATURE_API"},
       "useNodeFeatureAPI",
       kBool,
       true,
       false,
       set_switch<&C::use_node_feature_api>},
      {{"oneshot"}, {"GFD_ONESHOT"}, "gfd.oneshot", kBool, true, false, set_switch<&C::oneshot>},
      {{"no-timestamp"},
       {"GFD_NO_TIMESTAMP"},
       "gfd.noTimestamp",
       kBool,
       true,
       false,
       set_switch<&C::no_timestamp>},
      {{"sleep-interval"},
       {"GFD_SLEEP_INTERVAL"},
       "gfd.sleepInterval",
       "a time like 60s",
       false,
       false,
       set_interval},
      {{"output-file", "o"},
       {"GFD_OUTPUT_FILE"},
       "gfd.outputFile",
       kPath,
       false,
       false,
       set_text<&C::label_file>},
      {{"machine-type-file"},
       {"GFD_MACHINE_TYPE_FILE"},
       "gfd.machineTypeFile",
       kPath,
       false,
       false,
       set_text<&C::machine_type_file>},
  };
  return kRows;
}

}  // namespace

std::span<const PluginSetting> plugin_settings() {
  static const std::vector<PluginSetting> kAll = [] {
    std::vector<PluginSetting> all = common_rows();
    for (const auto* rows : {&plugin_rows(), &feature_discovery_rows()})
      all.insert(all.end(), rows->begin(), rows->end());
    return all;
  }();
  return kAll;
}

std::vector<std::string> words_of_list(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view word = text.substr(0, comma);
    text.remove_prefix(std::min(comma + 1, text.size()));
    while (!word.empty() && word.front() == ' ') word.remove_prefix(1);
    while (!word.empty() && word.back() == ' ') word.remove_suffix(1);
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

}  // namespace septet::publish
