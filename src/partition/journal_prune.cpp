// What of the journal may go.
#include <algorithm>

#include "partition/journal.h"

namespace septet::partition {

namespace {

// The oldest change that must stay; `changes` newest first, more than `keep` of them.
std::int64_t first_to_stay(const std::vector<ChangeRecord>& changes, std::size_t keep) {
  std::int64_t first = keep == 0 ? changes.front().id + 1 : changes[keep - 1].id;
  const auto reached = std::ranges::find_if(changes, [](const ChangeRecord& change) {
    return change.ended && reached_target(*change.ended);
  });
  if (reached != changes.end()) first = std::min(first, reached->id);
  for (const ChangeRecord& change : changes) {
    if (change.unfinished()) first = std::min(first, change.id);
  }
  return first;
}

}  // namespace

Result<Pruned> Journal::prune(const ChangeLock& /*held*/, std::size_t keep) {
  const std::lock_guard guard(mutex_);
  Pruned pruned;
  const auto done = database_.transact([&]() -> Result<> {
    const auto changes = TRY(read("node=?1 ORDER BY id DESC", {context_.node}, false));
    pruned.kept = changes.size();
    if (changes.size() <= keep) return {};
    const std::int64_t first = first_to_stay(changes, keep);
    pruned.removed = static_cast<std::size_t>(std::ranges::count_if(
        changes, [first](const ChangeRecord& change) { return change.id < first; }));
    pruned.kept -= pruned.removed;
    constexpr const char* kDeletes[] = {
        "DELETE FROM step WHERE change IN (SELECT id FROM change WHERE node=?1 AND id<?2)",
        "DELETE FROM change_gpu WHERE change IN (SELECT id FROM change WHERE node=?1 AND id<?2)",
        "DELETE FROM change WHERE node=?1 AND id<?2"};
    for (const char* const sql : kDeletes) TRY(database_.run(sql, {context_.node, first}));
    return {};
  });
  if (!done) return std::unexpected(done.error());
  if (pruned.removed == 0) return pruned;
  if (auto shrunk = database_.shrink(); !shrunk) {
    return fail_because(std::move(shrunk).error(),
                        "the changes are removed, but the journal takes as much room as before");
  }
  return pruned;
}

}  // namespace septet::partition
