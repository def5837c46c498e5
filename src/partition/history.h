// partition/history.h — who changed what, when, how long it took; and the way back to any of it.
//
// "The layout before change N" is, for every GPU that change N or a later one was about, what it
// held when the earliest of them began. GPUs that none of them was about are left as they are.
// Errors. kNotFound: no such change of this node. kInvalidArgument: not a number and not "last".
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partition/journal.h"
#include "partition/journal_apply.h"

namespace septet::partition {

std::optional<std::int64_t> duration_ns(const ChangeRecord& change);
// "7  2026-09-01T12:00:00.000Z  alice (pid 4242)  apply  done in 1.2 s", and below it from what to
// what, and why it ended so.
std::string to_string(const ChangeRecord& change);
Json to_json(const ChangeRecord& change);
Json to_json(const std::vector<ChangeRecord>& changes);

// "last": the newest change that reached its target. Going back to before it twice is going back
// and forth, as undoing an undo is.
Result<ChangeRecord> find_change(Journal& journal, std::string_view which);

struct Rollback {
  ChangeRecord change;               // the one to get before of
  plan::Plan plan;                   // from now to there; without steps: there already
  std::vector<std::string> missing;  // UUIDs of GPUs that this node no longer has
};
Result<Rollback> plan_rollback(Journal& journal, const mig::Node& node, std::string_view which);

// Finds, plans and applies, as a change of its own ("rollback 7").
Result<Journaled> rollback(Journal& journal, const ChangeLock& held, driver::Driver& driver,
                           std::string_view which, const ApplyOptions& options);

}  // namespace septet::partition
