#include "partition/parted_hooks.h"

#include <algorithm>
#include <utility>

#include "base/quoted.h"

namespace septet::partition {

namespace {

constexpr HookPoint kPoints[] = {HookPoint::kApplyStart, HookPoint::kPreApplyMode,
                                 HookPoint::kPreApplyConfig, HookPoint::kApplyExit};

bool absent(const YAML::Node& node) { return !node.IsDefined() || node.IsNull(); }

Result<> read_arguments(const YamlDocument& document, const YAML::Node& node, Hook& hook) {
  if (absent(node)) return {};
  if (!node.IsSequence()) {
    return fail_at(document, node, "args must be a list", "write args: [\"-c\", \"...\"]");
  }
  for (const YAML::Node& one : node)
    hook.arguments.push_back(TRY(as_text(document, one, "an argument")));
  return {};
}

Result<> read_environment(const YamlDocument& document, const YAML::Node& node, Hook& hook) {
  if (absent(node)) return {};
  if (!node.IsMap()) {
    return fail_at(document, node, "envs must be a mapping of name to value",
                   "write envs: {NAME: value}");
  }
  for (const auto& pair : node) {
    const auto name = TRY(as_text(document, pair.first, "the name of a variable"));
    if (name.empty() || name.find('=') != std::string::npos) {
      return fail_at(document, pair.first, quoted(name) + " is no name of a variable");
    }
    if (std::ranges::find(hook.environment, name, &HookEnvironment::value_type::first) !=
        hook.environment.end()) {
      return fail_at(document, pair.first, quoted(name) + " is written twice", "keep one of them");
    }
    hook.environment.emplace_back(name,
                                  TRY(as_text(document, pair.second, "the value of " + name)));
  }
  return {};
}

Result<Hook> read_hook(const YamlDocument& document, const YAML::Node& node) {
  TRY(check_keys(document, node, {"command", "args", "envs", "workdir"}));
  Hook hook;
  hook.where = where(document, node);
  if (!node["command"]) {
    return fail_at(document, node, "command is missing", "name the program: command: /bin/bash");
  }
  hook.command = TRY(as_text(document, node["command"], "command"));
  if (hook.command.empty()) return fail_at(document, node["command"], "command is empty");
  TRY(read_arguments(document, node["args"], hook));
  TRY(read_environment(document, node["envs"], hook));
  if (!absent(node["workdir"])) hook.workdir = TRY(as_text(document, node["workdir"], "workdir"));
  return hook;
}

Result<> check_version(const YamlDocument& document) {
  const YAML::Node version = document.root["version"];
  if (absent(version)) return {};  // mig-parted never looks at it
  const auto text = TRY(as_text(document, version, "version"));
  if (text == "v1") return {};
  return fail_at(document, version, "version " + quoted(text) + " is not known",
                 "write version: v1");
}

}  // namespace

std::string_view to_string(HookPoint point) {
  switch (point) {
    case HookPoint::kApplyStart: return "apply-start";
    case HookPoint::kPreApplyMode: return "pre-apply-mode";
    case HookPoint::kPreApplyConfig: return "pre-apply-config";
    case HookPoint::kApplyExit: return "apply-exit";
  }
  std::unreachable();
}

Result<Hooks> read_hooks(const YamlDocument& document) {
  TRY(check_keys(document, document.root, {"version", "hooks"}));
  TRY(check_version(document));
  Hooks hooks;
  const YAML::Node map = document.root["hooks"];
  if (absent(map)) return hooks;
  std::vector<std::string_view> known;
  for (const HookPoint point : kPoints) known.push_back(to_string(point));
  TRY(check_keys(document, map, known));
  for (const HookPoint point : kPoints) {
    const YAML::Node list = map[std::string(to_string(point))];
    if (absent(list)) continue;
    if (!list.IsSequence()) {
      return fail_at(document, list, std::string(to_string(point)) + " must be a list of commands",
                     "begin each with \"- command:\"");
    }
    auto& at = hooks.at[static_cast<std::size_t>(point)];
    for (const YAML::Node& one : list) at.push_back(TRY(read_hook(document, one)));
  }
  return hooks;
}

}  // namespace septet::partition
