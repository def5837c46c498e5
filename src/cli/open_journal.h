// cli/open_journal.h — the journal of the node that the words before the verb name.
//
// That of the machine's own GPUs is in the state directory (partition/state_directory.h). That of a
// simulated node stands beside its state file, in STATE.journal, so that a trial leaves nothing
// elsewhere and goes with its node. SEPTET_STATE_DIR names another folder for both.
#pragma once

#include <memory>
#include <string>

#include "cli/verb.h"
#include "partition/journal.h"

namespace septet::cli {

Result<std::string> journal_folder(const Globals& globals);
// Makes the folder and the journal where they are not there yet.
Result<std::unique_ptr<partition::Journal>> open_journal(const Globals& globals);
// nullptr when nothing was ever recorded; makes nothing.
Result<std::unique_ptr<partition::Journal>> open_existing_journal(const Globals& globals);

// What STATE.journal holds is forgotten with its node. Files that are not ours stay.
void forget_simulated_journal(const std::string& state_path);

}  // namespace septet::cli
