// cli/boot_restore.h — septet apply --boot: the recorded layout back, and what was said about it.
#pragma once

#include "cli/change_session.h"

namespace septet::cli {

// 0: every GPU holds what was last applied. 2: the rest waits for a reboot. With `may_reboot` that
// reboot is made, once per layout; a simulated node is never the reason for one.
Result<int> restore_at_boot(const Globals& globals, const ChangeOptions& options, bool may_reboot);

}  // namespace septet::cli
