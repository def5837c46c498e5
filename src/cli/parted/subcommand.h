// cli/parted/subcommand.h — what `septet parted` can do; one file per subcommand.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/parted/flags.h"
#include "cli/verb.h"
#include "partition/parted_apply.h"

namespace septet::cli::parted {

struct Context {
  const Globals& globals;
  bool debug = false;
};

struct Subcommand {
  std::string_view name;
  std::string_view about;
  Result<> (*run)(const Context& context, const std::vector<std::string>& words);
};

extern const Subcommand kApply, kAssert, kExport, kGenerateConfig, kCheckpoint, kRestore;

// Fills the flags. True when --help was asked for, and given: nothing is left to do.
Result<bool> answered(const Context& context, const Subcommand& self,
                      const std::vector<Flag>& flags, const std::vector<std::string>& words);

void debug(const Context& context, std::string_view text);

// "missing required flag 'config-file'" when it is empty.
Result<> require(const Flag& flag);

// One file, one config: of `flags`' config-file and selected-config. Fills in the name of the only
// one.
struct ConfigFlags {
  std::string file, selected;
};
Flag config_file_flag(ConfigFlags& flags);
Flag selected_config_flag(ConfigFlags& flags);
Result<partition::PartedConfig> selected_config(const Context& context, ConfigFlags& flags);

Result<> check_format(const std::string& format);  // json or yaml
std::string in_format(const std::string& format,
                      const std::vector<partition::PartedConfig>& configs);

// What apply and restore have in common: hooks, journal, a driver per GPU, the words on the way.
Result<> carry_out(const Context& context, partition::PartedChange change,
                   const std::string& hooks_file, const std::vector<Flag>& flags);

}  // namespace septet::cli::parted
