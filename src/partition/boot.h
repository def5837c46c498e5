// partition/boot.h — gives a node its recorded layout back after a reboot or a driver reload.
//
// Source. Instances never survive a reset, a driver reload or a reboot. The MIG mode of an Ampere
//         board is kept in the board; later boards lose theirs with the driver (rules R7).
// Order.  Changes that were cut short are recovered first. Then the GPUs that need no reset, side
//         by side; a GPU that fails does not keep the others from theirs. Then those that do.
// Reboot. Where a mode change needs a reset that this machine cannot make (a virtual machine, or a
//         driver library without that call), the mode is left pending and a reboot asked for: once
//         per wanted layout, whoever asked (a change that awaits a reboot did). When the mode is
//         still not in force after it, the GPU fails with the reason, and no further reboot is
//         asked for until the layout was reached, or another is wanted.
// Errors. For the journal and the driver as a whole; otherwise per GPU in the answer.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "partition/journal.h"
#include "partition/journal_apply.h"
#include "partition/recover.h"

namespace septet::partition {

enum class Restore : std::uint8_t { kAsWanted, kRestored, kAwaitsReboot, kFailed };
std::string_view to_string(Restore restore);

struct RestoredGpu {
  plan::GpuCut wanted;
  Restore how = Restore::kFailed;
  std::optional<Error> failure;  // kAwaitsReboot: why; kFailed
};

struct Restored {
  std::vector<Recovered> recovered;
  std::vector<RestoredGpu> gpus;     // those with a recorded layout that are on this node
  std::vector<std::string> missing;  // UUIDs with a recorded layout that are not
  bool ask_reboot = false;           // now, and not again for this layout: the caller's to make

  bool complete() const;  // every GPU holds what is wanted
};

// Resets are allowed unless somebody uses the GPU: nothing that matters runs there yet.
Result<Restored> restore_recorded(Journal& journal, const ChangeLock& held, driver::Driver& driver,
                                  const ApplyOptions& options);

// After a change that awaits a reboot: it was asked for.
Result<> note_awaited_reboot(Journal& journal, const Outcome& outcome);

}  // namespace septet::partition
