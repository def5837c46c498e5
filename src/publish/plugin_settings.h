// publish/plugin_settings.h — one row per setting: its flags, variables, file key, and how to set
// it.
//
// Source. NVIDIA k8s-device-plugin and GPU Feature Discovery v0.20: flags, environment, file keys.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "publish/plugin_config.h"

namespace septet::publish {

struct PluginSetting {
  std::vector<std::string_view> flags;      // "driver-root", "nvidia-driver-root"
  std::vector<const char*> environment;     // the first that is set counts
  std::string_view file;                    // below `flags:`, "plugin.passDeviceSpecs"; or empty
  std::string_view values;                  // what may be written
  bool is_switch = false, is_list = false;  // a list is written "a,b" or as a YAML list
  Result<> (*set)(std::string_view text, PluginConfig& config);  // the complaint has no place yet
};
std::span<const PluginSetting> plugin_settings();

// "envvar,cdi-cri" -> {"envvar", "cdi-cri"}; blanks around a word are not part of it, and empty
// words are left out.
std::vector<std::string> words_of_list(std::string_view text);

}  // namespace septet::publish
