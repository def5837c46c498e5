// cli/smi/arguments.h — what was asked for, in nvidia-smi's own grammar (single-dash words,
// "-i=0").
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace septet::cli::smi {

enum class Action {
  kHelp,
  kMigHelp,
  kSummary,
  kListGpus,
  kSetMode,
  kReset,
  kListGpuProfiles,
  kListGpuPlacements,
  kCreateGpuInstances,
  kListGpuInstances,
  kDestroyGpuInstances,
  kListComputeProfiles,
  kListComputePlacements,
  kCreateComputeInstances,
  kListComputeInstances,
  kDestroyComputeInstances,
};

struct Command {
  Action action = Action::kSummary;
  std::vector<std::string> profiles;  // of -cgi and -cci, as typed; -cci may have none
  bool mode_on = false;
  bool default_compute = false;                                                // -C
  std::optional<std::vector<std::string>> gpus;                                // -i; none = all
  std::optional<std::vector<std::uint32_t>> gpu_instances, compute_instances;  // -gi, -ci
};

// kInvalidArgument (driver status 2) names the word.
Result<Command> parse_arguments(const std::vector<std::string>& words);

std::vector<std::string> split_list(std::string_view text);  // "a,b" -> a, b
std::optional<std::uint32_t> parse_number(std::string_view text);

}  // namespace septet::cli::smi
