// Back to any layout that the journal has.
#include <fmt/format.h>

#include <charconv>
#include <set>

#include "base/quoted.h"
#include "partition/history.h"
#include "partition/journal_cut.h"

namespace septet::partition {

namespace {

// Was the node as `from` says when this began? A refused plan may have been of another time.
bool began(const ChangeRecord& change) { return change.ended != Ended::kRefused; }

Result<std::vector<plan::GpuCut>> layout_before(Journal& journal, std::int64_t id) {
  const auto changes = TRY(journal.since(id));
  std::vector<plan::GpuCut> before;
  std::set<std::string> seen;
  for (const ChangeRecord& change : changes) {
    if (!began(change)) continue;
    for (const plan::GpuCut& from : change.from) {
      if (seen.insert(from.uuid).second) before.push_back(from);
    }
  }
  return before;
}

}  // namespace

Result<ChangeRecord> find_change(Journal& journal, std::string_view which) {
  if (which == "last") {
    const auto changes = TRY(journal.changes(0));
    for (const ChangeRecord& change : changes) {
      if (change.verb == kPassingVerb) continue;
      if (change.ended && reached_target(*change.ended)) return change;
    }
    return fail(Code::kNotFound, "the journal has no change of this node to go back from",
                "septet history lists them");
  }
  std::int64_t id = 0;
  const char* const end = which.data() + which.size();
  const auto [stopped, error] = std::from_chars(which.data(), end, id);
  if (error == std::errc() && stopped == end && id > 0) return journal.change(id);
  return fail(Code::kInvalidArgument, fmt::format("{} is not a change", quoted(which)),
              "give its number (septet history), or: last");
}

Result<Rollback> plan_rollback(Journal& journal, const mig::Node& node, std::string_view which) {
  Rollback made;
  made.change = TRY(find_change(journal, which));
  const auto before = TRY(layout_before(journal, made.change.id));
  Located located = locate(before, node);
  if (!located.unreadable.empty()) {
    return fail(Code::kUnavailable, located.unreadable.front(),
                "what this GPU holds is unknown; go back when it answers");
  }
  // What waited for a reset then is no layout to go back to.
  for (plan::GpuCut& cut : located.cuts) cut.pending = cut.mode;
  made.plan = plan::diff(node, located.cuts);
  made.missing = std::move(located.missing);
  return made;
}

Result<Journaled> rollback(Journal& journal, const ChangeLock& held, driver::Driver& driver,
                           std::string_view which, const ApplyOptions& options) {
  const auto node = TRY(driver.observe());
  const auto planned = TRY(plan_rollback(journal, node, which));
  return apply_with_journal(journal, held, fmt::format("rollback {}", planned.change.id),
                            planned.plan, driver, options);
}

}  // namespace septet::partition
