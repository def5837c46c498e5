#include "agent/agent_options.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <set>
#include <span>

#include "base/nearest.h"
#include "base/yaml.h"
#include "publish/plugin_settings.h"

namespace septet::agent {

namespace {

struct OwnOption {
  std::string_view flag, variable, value, help;
  Result<> (*set)(AgentOptions&, const std::string&);
};

Result<> set_text(std::string& to, const std::string& value) {
  to = value;
  return {};
}

Result<> set_seconds(double& to, const std::string& value) {
  double seconds = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error != std::errc{} || end != value.data() + value.size() || !(seconds > 0) ||
      seconds > 86400) {
    return fail(Code::kInvalidArgument, fmt::format("\"{}\" is no number of seconds", value),
                "write for example 0.1 or 30");
  }
  to = seconds;
  return {};
}

Result<> set_hosts(AgentOptions& options, const std::string& names) {
  for (std::string& name : publish::words_of_list(names))
    options.http.hosts.push_back(std::move(name));
  return {};
}

std::span<const OwnOption> own_options() {
  using O = AgentOptions;
  using S = const std::string&;
  static const OwnOption table[] = {
      {"node-name", "NODE_NAME", "NAME", "what kubelet calls this node (default: the host name)",
       [](O& o, S v) { return set_text(o.node_name, v); }},
      {"kubeconfig", "KUBECONFIG", "FILE", "how to reach the API server (default: as a pod does)",
       [](O& o, S v) { return set_text(o.kubeconfig, v); }},
      {"namespace", "POD_NAMESPACE", "NAME", "of MigLayout and NodeFeature (default septet-system)",
       [](O& o, S v) { return set_text(o.name_space, v); }},
      {"mig-config-file", "MIG_CONFIG_FILE", "FILE",
       "mig-parted configs for the label nvidia.com/mig.config (default: made from the GPUs)",
       [](O& o, S v) { return set_text(o.mig_config_file, v); }},
      {"kubelet-socket", "KUBELET_SOCKET", "PATH", "kubelet's registry; empty: do not register",
       [](O& o, S v) { return set_text(o.kubelet_socket, v); }},
      {"plugin-folder", "", "PATH", "where our sockets go (default: beside kubelet's)",
       [](O& o, S v) { return set_text(o.plugin_folder, v); }},
      {"pod-resources-socket", "POD_RESOURCES_SOCKET", "PATH", "kubelet's pod-resources API",
       [](O& o, S v) { return set_text(o.pod_resources_socket, v); }},
      {"cdi-root", "CDI_ROOT", "FOLDER", "where CDI specs go (default /var/run/cdi)",
       [](O& o, S v) { return set_text(o.cdi_root, v); }},
      {"mps-control", "MPS_CONTROL", "PROGRAM",
       "the MPS control daemon (default nvidia-cuda-mps-control)",
       [](O& o, S v) { return set_text(o.mps_control, v); }},
      {"http", "SEPTET_HTTP", "ADDR",
       "dashboard, API and metrics there: 127.0.0.1:8080, :8080, unix:/run/septet.sock",
       [](O& o, S v) { return set_text(o.http.address, v); }},
      {"token-file", "SEPTET_TOKEN_FILE", "FILE", "what a change by the API needs; none: read-only",
       [](O& o, S v) { return set_text(o.http.token_file, v); }},
      {"tls-cert", "SEPTET_TLS_CERT", "FILE", "PEM; needed where other machines reach it",
       [](O& o, S v) { return set_text(o.http.certificate_file, v); }},
      {"tls-key", "SEPTET_TLS_KEY", "FILE", "PEM",
       [](O& o, S v) { return set_text(o.http.key_file, v); }},
      {"http-host", "SEPTET_HTTP_HOST", "NAME", "another name it is asked by; several with commas",
       [](O& o, S v) { return set_hosts(o, v); }},
      {"history", "SEPTET_HISTORY", "FILE",
       "the last day's metrics (default: beside the journal); none: not kept",
       [](O& o, S v) { return set_text(o.http.history, v); }},
      {"poll-interval", "", "SECONDS", "how often the driver is asked for changes (default 0.1)",
       [](O& o, S v) { return set_seconds(o.poll_s, v); }},
      {"health-quiet", "SEPTET_HEALTH_QUIET", "SECONDS",
       "without a fault until a device is well again (default 30)",
       [](O& o, S v) { return set_seconds(o.faults.quiet_s, v); }},
  };
  return table;
}

Result<> own_environment(publish::Environment environment, AgentOptions& options) {
  for (const OwnOption& option : own_options()) {
    if (option.variable.empty()) continue;
    const auto value = environment(std::string(option.variable).c_str());
    if (!value) continue;
    auto set = option.set(options, *value);
    if (!set) return fail_because(std::move(set).error(), std::string(option.variable));
  }
  return {};
}

struct Word {
  std::string flag, value;
  bool has_value = false;
};

// "--flag=value", "--flag value" where the next word is no flag, "--flag".
Result<std::vector<Word>> split(const std::vector<std::string>& words) {
  std::vector<Word> split;
  for (const std::string& word : words) {
    if (word.starts_with("-")) {
      const std::string name = word.substr(word.starts_with("--") ? 2 : 1);
      const auto equals = name.find('=');
      Word one{name.substr(0, equals), {}, equals != std::string::npos};
      if (one.has_value) one.value = name.substr(equals + 1);
      split.push_back(std::move(one));
    } else if (!split.empty() && !split.back().has_value) {
      split.back().value = word;
      split.back().has_value = true;
    } else {
      return fail(Code::kInvalidArgument, fmt::format("\"{}\" is no option", word),
                  "septet agent --help");
    }
  }
  return split;
}

// A list that is given in several words is one list: "--device-list-strategy=envvar
// --device-list-strategy=cdi-cri".
std::vector<Word> joined(const std::vector<Word>& words) {
  std::set<std::string_view> lists;
  for (const publish::PluginFlag& flag : publish::plugin_flags()) {
    if (flag.is_list) lists.insert(flag.names.begin(), flag.names.end());
  }
  std::vector<Word> joined;
  for (const Word& word : words) {
    const auto before = std::ranges::find(joined, word.flag, &Word::flag);
    if (before == joined.end() || !lists.contains(word.flag)) {
      joined.push_back(word);
    } else {
      before->value += "," + word.value;
    }
  }
  return joined;
}

// false: not one of these.
Result<bool> set_switch(const Word& word, AgentOptions& options) {
  const bool on = !word.has_value || word.value == "true";
  if (word.flag == "help" || word.flag == "h") {
    options.help = true;
  } else if (word.flag == "kubernetes") {
    options.kubernetes = on;
  } else if (word.flag == "no-api") {
    options.api = !on;
  } else if (word.flag == "allow-reset") {
    options.allow_reset = on;
  } else {
    return false;
  }
  if (word.has_value && word.value != "true" && word.value != "false")
    return fail(Code::kInvalidArgument, fmt::format("--{} takes no \"{}\"", word.flag, word.value));
  return true;
}

std::unexpected<Error> unknown_flag(const std::string& flag) {
  std::vector<std::string> names = {"--kubernetes", "--no-api", "--allow-reset", "--config-file"};
  for (const publish::PluginFlag& one : publish::plugin_flags()) {
    for (const std::string_view name : one.names) names.push_back("--" + std::string(name));
  }
  for (const OwnOption& option : own_options()) names.push_back("--" + std::string(option.flag));
  const std::vector<std::string_view> known(names.begin(), names.end());
  return fail(Code::kInvalidArgument, fmt::format("no option --{}", flag),
              did_you_mean("--" + flag, known) + " (septet agent --help lists them)");
}

Result<> set_word(const Word& word, AgentOptions& options) {
  if (TRY(set_switch(word, options))) return {};
  if (word.flag == "config-file") return {};  // read before
  for (const OwnOption& option : own_options()) {
    if (option.flag != word.flag) continue;
    if (!word.has_value)
      return fail(Code::kInvalidArgument, fmt::format("--{} needs a value", word.flag));
    auto set = option.set(options, word.value);
    if (!set) return fail_because(std::move(set).error(), "--" + word.flag);
    return {};
  }
  if (TRY(publish::read_plugin_flag(word.flag, word.value, options.plugin))) return {};
  return unknown_flag(word.flag);
}

// Where NVIDIA's plugin looks, in its order.
std::string library_under(const std::string& root) {
  for (const char* const folder :
       {"", "/usr/lib64", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/lib64",
        "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu"}) {
    std::error_code failed;
    std::string path = root + folder + "/libnvidia-ml.so.1";
    if (std::filesystem::exists(path, failed)) return path;
  }
  return {};
}

void find_library(publish::Environment environment, AgentOptions& options) {
  options.simulated_state = environment("SEPTET_SIM").value_or("");
  const auto named = environment("SEPTET_DRIVER");
  if (named && !named->empty()) {
    options.library = *named;
    return;
  }
  const std::string found = library_under(options.plugin.container_driver_root);
  if (!found.empty()) options.library = found;
}

// What NVIDIA's programs do with these and this agent does not, said rather than swallowed.
void warn_of_unfollowed(publish::PluginConfig& config) {
  const std::pair<bool, const char*> table[] = {
      {config.oneshot, "oneshot is not followed: the agent keeps running"},
      {config.imex_required,
       "imex.required is not followed: a missing IMEX channel stops nothing"}};
  for (const auto& [asked, warning] : table) {
    if (asked) config.warnings.emplace_back(warning);
  }
}

Result<> check_mps(const publish::PluginConfig& config) {
  if (config.sharing.kind != publish::SharingKind::kMps || !config.mps_root.empty()) return {};
  return fail(Code::kInvalidArgument,
              "sharing by MPS needs a folder where its daemons and the pods meet",
              "name one on a tmpfs: --mps-root /run/nvidia/mps (MPS_ROOT; mps.root of the chart)");
}

}  // namespace

Result<AgentOptions> read_agent_options(const std::vector<std::string>& words,
                                        publish::Environment environment) {
  AgentOptions options;
  const auto given = TRY(split(words));
  std::string file = environment("CONFIG_FILE").value_or("");
  for (const Word& word : given) {
    if (word.flag == "config-file") file = word.value;
  }
  options.faults = TRY(watch::fault_policy(environment("DP_DISABLE_HEALTHCHECKS"),
                                           environment("DP_ENABLE_HEALTHCHECKS")));
  if (!file.empty()) {
    const auto document = TRY(read_yaml_file(file));
    TRY(publish::read_plugin_config(document, options.plugin));
  }
  TRY(publish::read_plugin_environment(environment, options.plugin));
  TRY(own_environment(environment, options));
  for (const Word& word : joined(given)) TRY(set_word(word, options));
  find_library(environment, options);
  warn_of_unfollowed(options.plugin);
  TRY(check_mps(options.plugin));
  if (options.plugin_folder.empty() && !options.kubelet_socket.empty()) {
    options.plugin_folder = std::filesystem::path(options.kubelet_socket).parent_path().string();
  }
  if (options.plugin_folder.empty()) options.plugin_folder = ".";
  return options;
}

std::string agent_help() {
  std::string text =
      "offer this node's GPUs and slices to Kubernetes, and cut them as it asks; show them by "
      "HTTP\n\n"
      "usage: septet [--sim[=STATE]] agent [--kubernetes] [--http ADDR] [OPTION ...]\n\n"
      "  --kubernetes                 device plugin, health, labels, CDI and layouts for kubelet\n"
      "  --no-api                     no API server: device plugin and CDI only\n"
      "  --allow-reset                an idle GPU may be reset where a change of MIG mode needs "
      "it\n";
  for (const OwnOption& option : own_options()) {
    text += fmt::format("  {:<28} {}\n", fmt::format("--{} {}", option.flag, option.value),
                        option.help);
  }
  text +=
      "\nas NVIDIA's device plugin and GPU Feature Discovery, environment variables too:\n"
      "  --config-file FILE           their config file (CONFIG_FILE)\n";
  for (const publish::PluginFlag& flag : publish::plugin_flags()) {
    text += fmt::format("  {:<28} {}\n", "--" + std::string(flag.names.front()), flag.values);
  }
  return text;
}

}  // namespace septet::agent
