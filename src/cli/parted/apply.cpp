// septet parted apply — make the node what a config of a file says.
#include <fmt/format.h>

#include "cli/parted/subcommand.h"

namespace septet::cli::parted {

namespace {

Result<> run_apply(const Context& context, const std::vector<std::string>& words) {
  ConfigFlags config_flags;
  std::string hooks_file;
  partition::PartedChange change;
  const std::vector<Flag> flags{
      config_file_flag(config_flags),
      selected_config_flag(config_flags),
      {"hooks-file", 'k', "MIG_PARTED_HOOKS_FILE", "commands to run before and after", &hooks_file},
      {"skip-reset", 's', "MIG_PARTED_SKIP_RESET",
       "reset no GPU; with --mode-only, modes that need it are left waiting", &change.skip_reset},
      {"mode-only", 'm', "MIG_PARTED_MODE_CHANGE_ONLY",
       "only turn MIG mode on and off; leave instances alone", &change.mode_only}};
  if (TRY(answered(context, kApply, flags, words))) return {};
  const auto config = TRY(selected_config(context, config_flags));
  change.verb = "parted apply";
  change.targets = [&config, mode_only = change.mode_only](const mig::Node& node) {
    return partition::parted_targets(config, node, mode_only);
  };
  TRY(carry_out(context, std::move(change), hooks_file, flags));
  fmt::print("MIG configuration applied successfully\n");
  return {};
}

}  // namespace

const Subcommand kApply{"apply", "make the node what a config of a file says, changing the least",
                        run_apply};

}  // namespace septet::cli::parted
