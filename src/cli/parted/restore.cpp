// septet parted restore — a checkpoint back, every instance to its place.
#include <fmt/format.h>

#include "cli/parted/subcommand.h"
#include "partition/checkpoint_file.h"

namespace septet::cli::parted {

namespace {

Result<> run_restore(const Context& context, const std::vector<std::string>& words) {
  std::string file, hooks_file;
  partition::PartedChange change;
  const std::vector<Flag> flags{
      {"checkpoint-file", 'f', "MIG_PARTED_CHECKPOINT_FILE", "of checkpoint; - is standard input",
       &file},
      {"hooks-file", 'k', "MIG_PARTED_HOOKS_FILE", "commands to run before and after", &hooks_file},
      {"mode-only", 'm', "MIG_PARTED_MODE_CHANGE_ONLY",
       "only turn MIG mode on and off; leave instances alone", &change.mode_only}};
  if (TRY(answered(context, kRestore, flags, words))) return {};
  TRY(require(flags[0]));
  const auto document = read_yaml_file(file);
  if (!document) return fail_because(document.error(), "error parsing checkpoint file");
  change.verb = "parted restore";
  change.targets = [&document, mode_only = change.mode_only](
                       const mig::Node& node) -> Result<std::vector<plan::GpuCut>> {
    auto targets = TRY(partition::targets_of_checkpoint(*document, node));
    return mode_only ? partition::only_modes(std::move(targets), node) : std::move(targets);
  };
  TRY(carry_out(context, std::move(change), hooks_file, flags));
  fmt::print("MIG configuration restored successfully\n");
  return {};
}

}  // namespace

const Subcommand kRestore{"restore", "bring back what checkpoint wrote down, to the place",
                          run_restore};

}  // namespace septet::cli::parted
