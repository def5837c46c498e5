// cli/change_session.h — what every verb that changes GPUs does around its own plan.
//
// In this order: the driver, the journal, the lock; then the verb observes and plans, so that
// nobody changes the node between its snapshot and its first step.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "cli/verb.h"
#include "partition/journal_apply.h"

namespace septet::cli {

class CommandLine;

struct ChangeOptions {
  bool json = false, dry_run = false, allow_reset = false;
  std::vector<std::string> force;
  double wait_s = 0;  // for another change that is under way
};
// --dry-run, --allow-reset, --force, --wait, --json
void add_change_options(CommandLine& line, ChangeOptions& options);

struct ChangeSession {
  std::unique_ptr<driver::Driver> driver;
  std::unique_ptr<partition::Journal> journal;
  partition::ChangeLock lock;
};
// Also folds back what runs left that were killed, and says so on standard error.
Result<ChangeSession> begin_change(const Globals& globals, const ChangeOptions& options);

// open_driver(), which also tells of slices that `septet run` has taken.
Result<std::unique_ptr<driver::Driver>> open_watched_driver(const Globals& globals);

// With a driver for every GPU that changes, and one line of progress on a terminal.
partition::ApplyOptions apply_options(const Globals& globals, const ChangeOptions& options);
void end_progress();  // takes that line off the terminal

// Applies with the journal as witness; Ctrl-C and SIGTERM make it go back. What could not be
// written down is said on standard error.
Result<partition::Journaled> carry_out(ChangeSession& session, std::string_view verb,
                                       const plan::Plan& plan,
                                       const partition::ApplyOptions& options);

// After a change that is done: an error when what hands the devices out (a CDI file) does not
// follow.
Result<> check_told(const partition::Journaled& made);

// "done: 5 of 5 steps, each read back (change 7)"
std::string done_text(const partition::Journaled& made, const plan::Plan& plan);
// What went wrong, and what the node is like now: both must be told.
Error failed(const partition::Journaled& made, const plan::Plan& plan);
Json to_json(const partition::Journaled& made, const plan::Plan& plan);

}  // namespace septet::cli
