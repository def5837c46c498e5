// The config file of NVIDIA's device plugin and GPU Feature Discovery: `version: v1`.
#include <fmt/format.h>

#include <algorithm>

#include "base/quoted.h"
#include "publish/plugin_config.h"
#include "publish/plugin_settings.h"

namespace septet::publish {
namespace {

constexpr std::string_view kVendorSlash = "nvidia.com/";
constexpr std::uint64_t kMostReplicas = 1024;
constexpr std::size_t kMostSharedResources = 256;

// Written, and not `null`.
bool given(const YAML::Node& node) { return node.IsDefined() && !node.IsNull(); }

class PluginFileReader {
 public:
  PluginFileReader(const YamlDocument& document, PluginConfig& config)
      : document_(document), config_(config) {}

  Result<> run() {
    const YAML::Node& root = document_.root;
    if (!given(root)) return {};
    TRY(check_keys(document_, root, {"version", "flags", "resources", "sharing", "imex"}));
    if (const YAML::Node version = root["version"]; given(version)) {
      const auto text = TRY(as_text(document_, version, "version"));
      if (text != "v1")
        return fail_at(document_, version, "version " + quoted(text) + " is not known",
                       "write version: v1");
    }
    if (const YAML::Node flags = root["flags"]; given(flags)) TRY(read_flags(flags));
    if (const YAML::Node resources = root["resources"]; given(resources))
      warn(resources, "resources: names of resources cannot be chosen, here or in NVIDIA's plugin");
    if (const YAML::Node sharing = root["sharing"]; given(sharing)) TRY(read_sharing(sharing));
    if (const YAML::Node imex = root["imex"]; given(imex)) TRY(read_imex(imex));
    return {};
  }

 private:
  void warn(const YAML::Node& node, const std::string& what) {
    config_.warnings.push_back(where(document_, node) + ": " + what);
  }

  Result<> read_flags(const YAML::Node& flags) {
    TRY(read_settings(flags, "", {"plugin", "gfd"}));
    if (const YAML::Node plugin = flags["plugin"]; given(plugin))
      TRY(read_settings(plugin, "plugin.", {}));
    const YAML::Node gfd = flags["gfd"];
    if (!given(gfd)) return {};
    TRY(read_settings(gfd, "gfd.", {"imexNodesConfigFile"}));
    if (const YAML::Node imex = gfd["imexNodesConfigFile"]; given(imex))
      warn(imex, "imexNodesConfigFile: septet makes no label nvidia.com/gpu.imex-domain");
    return {};
  }

  // The settings whose file key is `prefix` and one word. `more` are keys that the caller reads.
  Result<> read_settings(const YAML::Node& map, std::string_view prefix,
                         std::vector<std::string_view> more) {
    std::vector<std::string_view> allowed = std::move(more);
    std::vector<const PluginSetting*> here;
    for (const PluginSetting& setting : plugin_settings()) {
      if (!setting.file.starts_with(prefix) || setting.file.empty()) continue;
      const std::string_view key = setting.file.substr(prefix.size());
      if (key.contains('.')) continue;
      allowed.push_back(key);
      here.push_back(&setting);
    }
    TRY(check_keys(document_, map, allowed));
    for (const PluginSetting* setting : here) {
      const std::string key(setting->file.substr(prefix.size()));
      if (const YAML::Node value = map[key]; given(value)) TRY(set(*setting, key, value));
    }
    return {};
  }

  Result<> set(const PluginSetting& setting, const std::string& key, const YAML::Node& value) {
    std::string text;
    if (setting.is_list && value.IsSequence()) {
      for (const YAML::Node& word : value)
        text += (text.empty() ? "" : ",") + TRY(as_text(document_, word, key));
    } else {
      text = TRY(as_text(document_, value, key));
    }
    const auto done = setting.set(text, config_);
    if (done) return {};
    return fail_at(document_, value, key + ": " + done.error().what, done.error().remedy);
  }

  Result<> read_imex(const YAML::Node& imex) {
    TRY(check_keys(document_, imex, {"channelIDs", "required"}));
    for (const PluginSetting& setting : plugin_settings()) {
      if (setting.flags.empty()) continue;
      const bool channels = setting.flags[0] == "imex-channel-ids";
      if (!channels && setting.flags[0] != "imex-required") continue;
      const std::string key = channels ? "channelIDs" : "required";
      if (const YAML::Node value = imex[key]; given(value)) TRY(set(setting, key, value));
    }
    return {};
  }

  Result<> read_sharing(const YAML::Node& sharing) {
    TRY(check_keys(document_, sharing, {"timeSlicing", "mps"}));
    const YAML::Node slicing = sharing["timeSlicing"], mps = sharing["mps"];
    config_.sharing = {};
    if (given(slicing)) TRY(read_shares(slicing, SharingKind::kTimeSlicing));
    if (!given(mps)) return {};
    if (given(slicing)) warn(slicing, "timeSlicing is ignored: mps is there as well");
    return read_shares(mps, SharingKind::kMps);
  }

  Result<> read_shares(const YAML::Node& map, SharingKind kind) {
    TRY(check_keys(document_, map, {"renameByDefault", "failRequestsGreaterThanOne", "resources"}));
    Sharing sharing;
    sharing.kind = kind;
    sharing.fail_requests_greater_than_one = kind == SharingKind::kMps;
    if (const YAML::Node rename = map["renameByDefault"]; given(rename))
      sharing.rename_by_default = TRY(as_bool(document_, rename, "renameByDefault"));
    if (const YAML::Node one = map["failRequestsGreaterThanOne"]; given(one))
      sharing.fail_requests_greater_than_one =
          TRY(as_bool(document_, one, "failRequestsGreaterThanOne"));
    const YAML::Node resources = map["resources"];
    if (given(resources)) {
      if (!resources.IsSequence() || resources.size() > kMostSharedResources)
        return fail_at(document_, resources, "resources must be a list of at most 256 entries");
      for (const YAML::Node& one : resources) TRY(read_share(one, sharing));
    }
    if (sharing.resources.empty()) sharing.kind = SharingKind::kNone;
    config_.sharing = std::move(sharing);
    return {};
  }

  Result<> read_share(const YAML::Node& map, Sharing& sharing) {
    TRY(check_keys(document_, map, {"name", "rename", "devices", "replicas"}));
    for (const char* const key : {"name", "replicas"})
      if (!given(map[key])) return fail_at(document_, map, fmt::format("{} is missing", key));
    SharedResource shared;
    shared.name = TRY(as_text(document_, map["name"], "name"));
    if (!shared.name.starts_with(kVendorSlash)) shared.name.insert(0, kVendorSlash);
    const auto same = [&shared](const SharedResource& one) { return one.name == shared.name; };
    if (std::ranges::any_of(sharing.resources, same))
      return fail_at(document_, map["name"], quoted(shared.name) + " is shared twice");
    const auto replicas = TRY(as_count(document_, map["replicas"], "replicas", kMostReplicas));
    if (replicas < 2)
      return fail_at(document_, map["replicas"], "replicas must be at least 2",
                     "take the entry out: one replica is not sharing");
    shared.replicas = static_cast<unsigned>(replicas);
    TRY(warn_of_choices(map, shared.name, sharing.rename_by_default));
    sharing.resources.push_back(std::move(shared));
    return {};
  }

  // NVIDIA's plugin reads these and goes on without them.
  Result<> warn_of_choices(const YAML::Node& map, const std::string& name, bool renamed) {
    if (const YAML::Node rename = map["rename"]; given(rename)) {
      const auto text = TRY(as_text(document_, rename, "rename"));
      const std::string_view bare = std::string_view(name).substr(kVendorSlash.size());
      const std::string usual = renamed ? fmt::format("{}.shared", bare) : std::string();
      if (text != usual && text != fmt::format("{}{}", kVendorSlash, usual))
        warn(rename,
             "rename: ignored, as by NVIDIA's plugin; renameByDefault: true appends .shared");
    }
    const YAML::Node devices = map["devices"];
    if (given(devices) && !(devices.IsScalar() && devices.Scalar() == "all"))
      warn(devices, "devices: ignored, as by NVIDIA's plugin; all devices are shared");
    return {};
  }

  const YamlDocument& document_;
  PluginConfig& config_;
};

}  // namespace

Result<> read_plugin_config(const YamlDocument& document, PluginConfig& config) {
  PluginConfig read = config;  // whole or not at all
  TRY(PluginFileReader(document, read).run());
  config = std::move(read);
  return {};
}

}  // namespace septet::publish
