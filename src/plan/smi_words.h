// plan/smi_words.h — a command line of nvidia-smi's MIG language, as far as it decides what
// happens.
//
// Errors. kInvalidArgument: no such option, with the nearest.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"

namespace septet::plan {

struct SmiCommand {
  bool creates = false;                                 // -cgi
  std::vector<std::string> create;                      // its list, split at commas
  bool with_compute = false;                            // -C
  bool creates_compute = false;                         // -cci
  bool destroys_compute = false;                        // -dci
  bool destroys_instances = false;                      // -dgi
  bool lists = false;                                   // -lgi and the like
  std::optional<std::string> gpus, instances, compute;  // -i, -gi, -ci
  std::optional<std::string> mode;                      // -mig 0|1
};

// Takes "sudo nvidia-smi mig -cgi 9,9 -C" in one word or in several, with or without the front.
Result<SmiCommand> parse_smi(const std::vector<std::string>& words);
bool looks_like_smi(const std::vector<std::string>& words);

}  // namespace septet::plan
