// container/oci_files.h — what a runtime tells its hooks of a container: hostile text, taken apart.
//
// Limits. 64 KiB of state, 16 MiB of config.json: larger is an error, not read.
// Errors. kInvalidArgument says what is wrong with which of the two.
// Source. OCI Runtime Specification 1.0: "State" on a hook's standard input, config.json in the
//         bundle. Old runtimes say bundlePath for bundle.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace septet::container {

inline constexpr std::size_t kMostStateBytes = 64 << 10, kMostConfigBytes = 16 << 20;

struct OciState {
  int pid = 0;         // of the container's first process, in our pid namespace; above 1
  std::string bundle;  // absolute
};
Result<OciState> parse_oci_state(std::string_view text);

struct OciConfig {
  std::string root;              // as written: absolute, or below the bundle
  std::vector<std::string> env;  // "NAME=value"
  bool may_administer = false;   // CAP_SYS_ADMIN is in its bounding set
};
Result<OciConfig> parse_oci_config(std::string_view text);

}  // namespace septet::container
