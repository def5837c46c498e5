// partition/parted_hooks.h — mig-parted's hooks file: commands that run before and after a change.
//
// Form.   version: v1
//         hooks:
//           apply-start:                      # or pre-apply-mode, pre-apply-config, apply-exit
//           - {command: /bin/bash, args: [-c, "..."], envs: {KEY: VALUE}, workdir: /etc}
//         Commands run one after the other with exactly `envs`, overlaid by what the caller adds;
//         nothing comes from our own environment. No shell is put between. A command without a
//         slash is looked for in our PATH, as mig-parted does.
// Errors. kInvalidArgument with file, line and column. kUnavailable: a command could not be run,
//         was killed or did not exit with 0.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/yaml.h"

namespace septet::partition {

enum class HookPoint : std::uint8_t { kApplyStart, kPreApplyMode, kPreApplyConfig, kApplyExit };
std::string_view to_string(HookPoint point);  // "apply-start"

using HookEnvironment = std::vector<std::pair<std::string, std::string>>;

struct Hook {
  std::string command;
  std::vector<std::string> arguments;
  HookEnvironment environment;
  std::string workdir;  // empty: where we are
  std::string where;    // "hooks.yaml:4:5"
};

struct Hooks {
  std::array<std::vector<Hook>, 4> at;  // by HookPoint
  const std::vector<Hook>& of(HookPoint point) const { return at[static_cast<std::size_t>(point)]; }
};

Result<Hooks> read_hooks(const YamlDocument& document);

struct HookOptions {
  HookEnvironment overlay;   // wins over `envs`
  bool show_output = false;  // false: /dev/null
};
// The first that fails ends it.
Result<> run_hooks(const Hooks& hooks, HookPoint point, const HookOptions& options);

}  // namespace septet::partition
