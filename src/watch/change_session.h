// watch/change_session.h — what a daemon holds while it changes the node: driver, journal and lock.
//
// As cli/change_session.h for a process that stays: whoever has taken a slice by `septet run` is in
// the way, and the CDI files follow.
// Errors. Of the driver; kBusy names who changes the node now; those of the journal.
#pragma once

#include <memory>
#include <string>

#include "partition/apply.h"
#include "partition/journal.h"

namespace septet::watch {

struct ChangeSession {
  partition::OpenDriver open;  // which also tells of slices that `septet run` has taken
  std::unique_ptr<driver::Driver> driver;
  std::shared_ptr<partition::Teller> teller;
  std::unique_ptr<partition::Journal> journal;
  partition::ChangeLock lock;
};

// Waits at most `lock_wait_ms` for another change that is under way. `for_whom`: on whose behalf,
// for the journal.
Result<ChangeSession> begin_change(const partition::OpenDriver& open, int lock_wait_ms,
                                   const std::string& for_whom = {});

}  // namespace septet::watch
