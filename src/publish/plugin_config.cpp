#include "publish/plugin_config.h"

#include <algorithm>
#include <array>

#include "base/nearest.h"
#include "base/quoted.h"
#include "publish/plugin_settings.h"

namespace septet::publish {
namespace {

constexpr std::array<std::string_view, 3> kStrategies = {"none", "single", "mixed"};

// "MIG_STRATEGY: ..." before the complaint of a setting, which does not know where it came from.
std::unexpected<Error> unfit_at(const std::string& place, Error error) {
  error.what = place + ": " + error.what;
  return std::unexpected(std::move(error));
}

}  // namespace

std::string_view to_string(MigStrategy strategy) {
  return kStrategies.at(static_cast<std::size_t>(strategy));
}

Result<MigStrategy> parse_mig_strategy(std::string_view text) {
  const auto found = std::ranges::find(kStrategies, text);
  if (found != kStrategies.end()) return static_cast<MigStrategy>(found - kStrategies.begin());
  return fail(Code::kInvalidArgument, "MIG strategy " + quoted(text) + " is not known",
              did_you_mean(text, kStrategies));
}

Result<> read_plugin_environment(Environment environment, PluginConfig& config) {
  for (const PluginSetting& setting : plugin_settings()) {
    for (const char* const name : setting.environment) {
      const auto value = environment(name);
      if (!value || value->empty()) continue;
      if (auto set = setting.set(*value, config); !set) return unfit_at(name, set.error());
      break;
    }
  }
  return {};
}

std::vector<PluginFlag> plugin_flags() {
  std::vector<PluginFlag> flags;
  for (const PluginSetting& setting : plugin_settings()) {
    if (setting.flags.empty()) continue;
    flags.push_back({setting.flags, setting.values, setting.is_switch, setting.is_list});
  }
  return flags;
}

Result<bool> read_plugin_flag(std::string_view flag, std::string_view value, PluginConfig& config) {
  for (const PluginSetting& setting : plugin_settings()) {
    if (std::ranges::find(setting.flags, flag) == setting.flags.end()) continue;
    const bool alone = setting.is_switch && value.empty();
    if (auto set = setting.set(alone ? "true" : value, config); !set)
      return unfit_at("--" + std::string(flag), set.error());
    return true;
  }
  return false;
}

}  // namespace septet::publish
