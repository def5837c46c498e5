// septet parted assert — is the node what a config of a file says?
#include <fmt/format.h>

#include "cli/parted/subcommand.h"
#include "partition/differences.h"

namespace septet::cli::parted {

namespace {

constexpr const char* kFailure = "assertion failure: selected configuration not currently applied";

Result<> check(const Context& context, const partition::PartedConfig& config, bool mode_only) {
  const auto driver = TRY(open_driver(context.globals));
  const auto node = TRY(driver->observe());
  const auto targets = partition::parted_targets(config, node, mode_only);
  if (!targets) return fail_because(targets.error(), kFailure);
  std::string reasons;
  for (const auto& difference : partition::differences(plan::diff(node, *targets)))
    reasons += (reasons.empty() ? "" : ". ") + partition::to_string(difference);
  if (reasons.empty()) return {};
  return fail(Code::kConflict, fmt::format("{}: {}", kFailure, reasons));
}

Result<> run_assert(const Context& context, const std::vector<std::string>& words) {
  ConfigFlags config_flags;
  bool mode_only = false, valid_config = false;
  const std::vector<Flag> flags{
      config_file_flag(config_flags),
      selected_config_flag(config_flags),
      {"mode-only", 'm', "MIG_PARTED_MODE_CHANGE_ONLY", "only look at MIG mode, not at instances",
       &mode_only},
      {"valid-config", 'a', "MIG_PARTED_VALID_CONFIG",
       "only look at the file: is it valid, and is the config in it", &valid_config}};
  if (TRY(answered(context, kAssert, flags, words))) return {};
  const auto config = TRY(selected_config(context, config_flags));
  if (valid_config) {
    fmt::print("Selected MIG configuration is valid\n");
    return {};
  }
  TRY(check(context, config, mode_only));
  fmt::print("{}\n", mode_only ? "Selected MIG mode settings from configuration currently applied"
                               : "Selected MIG configuration currently applied");
  return {};
}

}  // namespace

const Subcommand kAssert{"assert", "check that the node is what a config of a file says",
                         run_assert};

}  // namespace septet::cli::parted
