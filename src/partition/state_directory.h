// partition/state_directory.h — where septet keeps what must outlive a process and a reboot.
//
// $SEPTET_STATE_DIR, else /var/lib/septet for root, else $XDG_STATE_HOME/septet, else
// ~/.local/state/septet.
// Errors. kNoPermission names the folder: it cannot be made or written, belongs to another user, or
//         others may write in it (what is in it decides what is done to the GPUs).
#pragma once

#include <optional>
#include <string>

#include "base/result.h"

namespace septet::partition {

struct StateEnvironment {
  bool root = false;
  std::optional<std::string> state_dir, xdg_state_home, home;
};
StateEnvironment this_environment();

Result<std::string> state_directory(const StateEnvironment& environment);

// Makes the folder (mode 0700, missing parents too) if it is not there. Returns its real path.
Result<std::string> make_state_directory(const std::string& path);

}  // namespace septet::partition
