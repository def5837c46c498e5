// partition/journal_apply.h — apply() with the journal as witness, for verbs that change GPUs.
//
// The change is in the journal before the first step, and ended after the last. A plan without
// steps is no change, but what it asks for is wanted from now on.
//
// Errors. Returned only while nothing was touched: those of apply(), and those of the journal (no
//         journal, no change).
#pragma once

#include <optional>
#include <string_view>

#include "partition/apply.h"
#include "partition/journal.h"

namespace septet::partition {

struct Journaled {
  std::optional<std::int64_t> change;  // nullopt: there was nothing to do
  Outcome outcome;
  // How it ended could not be written. The GPUs are as `outcome` says; recover() finds the same.
  std::optional<Error> unwritten;
  // The GPUs are as `outcome` says, and who hands them out does not know: must be told as an error.
  std::optional<Error> untold;
};

// `options.recorder` is replaced by the journal's.
Result<Journaled> apply_with_journal(Journal& journal, const ChangeLock& held,
                                     std::string_view verb, const plan::Plan& plan,
                                     driver::Driver& driver, const ApplyOptions& options);

// The node as read back by an apply() that is done; of a GPU that awaits a reboot, what it is to be
// after it. Empty when a GPU was not read.
std::vector<plan::GpuCut> reached(const Outcome& outcome);

}  // namespace septet::partition
