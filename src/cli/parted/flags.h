// cli/parted/flags.h — the words of nvidia-mig-parted: flags that may come from the environment.
//
// Grammar. -f FILE, -f=FILE, --config-file FILE, --config-file=FILE, one dash or two, -sm for
//          -s -m; a flag without a value may say which: --mode-only=false. What is not given is
//          taken from its environment variable, unless that is empty.
//          true: 1 t T true TRUE True; false: 0 f F false FALSE False.
// Errors.  kInvalidArgument: no such flag, a value is missing or wrong, a word that is no flag.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "partition/parted_hooks.h"

namespace septet::cli::parted {

struct Flag {
  std::string_view name;  // "config-file"
  char letter = 0;
  std::string_view environment;  // "MIG_PARTED_CONFIG_FILE"; empty: none
  std::string_view about;
  std::variant<std::string*, bool*> value;  // holds the default
};

using FindVariable = std::function<std::optional<std::string>(std::string_view)>;
FindVariable process_environment();

enum class Next { kRun, kHelp, kVersion };

struct Words {
  std::vector<std::string> rest;  // from the first word that is no flag
  Next next = Next::kRun;
};

// `global`: before the subcommand, where --version counts and other words may follow.
Result<Words> parse(const std::vector<Flag>& flags, const std::vector<std::string>& words,
                    const FindVariable& environment, bool global = false);

// The lines of --help.
std::string help_lines(const std::vector<Flag>& flags, bool global = false);

// What hooks see: every flag by the name of its variable.
partition::HookEnvironment overlay_of(const std::vector<Flag>& flags);

}  // namespace septet::cli::parted
