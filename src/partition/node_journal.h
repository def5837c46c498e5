// partition/node_journal.h — the journal that belongs to a node.
//
// That of the machine's own GPUs is in the state directory (state_directory.h). That of a simulated
// node stands beside its state file, in STATE.journal, so that a trial leaves nothing elsewhere and
// goes with its node. SEPTET_STATE_DIR names another folder for both.
// Shapes. Of `node` only driver facts are used: simulated, simulated_state.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mig/node.h"
#include "partition/journal.h"

namespace septet::partition {

Result<std::string> journal_folder_of(const mig::Node& node);
// In a folder that make_state_directory made.
Result<std::unique_ptr<Journal>> open_journal_in(const std::string& folder, const mig::Node& node,
                                                 std::string_view for_whom = {});
// Makes the folder and the journal where they are not there yet. `for_whom`: on whose behalf this
// process acts ("127.0.0.1"), told beside its command.
Result<std::unique_ptr<Journal>> open_journal_of(const mig::Node& node,
                                                 std::string_view for_whom = {});
// nullptr: nothing was ever recorded of this node. Makes nothing.
Result<std::unique_ptr<Journal>> open_existing_journal_of(const mig::Node& node);

}  // namespace septet::partition
