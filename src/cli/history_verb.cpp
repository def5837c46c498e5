// septet history — who changed what on this node, when, how long it took. Asks no driver.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/open_journal.h"
#include "cli/verb.h"
#include "partition/history.h"

namespace septet::cli {

namespace {

constexpr std::uint32_t kUsual = 20;

Result<int> prune(partition::Journal& journal, std::size_t keep, bool json) {
  const auto lock = TRY(journal.lock(0));
  const auto pruned = TRY(journal.prune(lock, keep));
  if (json) {
    fmt::print("{}", to_text(Json{{"removed", pruned.removed}, {"kept", pruned.kept}}));
    return 0;
  }
  fmt::print("removed {}, kept {}\n", pruned.removed, pruned.kept);
  if (pruned.kept > keep)
    fmt::print(
        "more than {} stay: none from the oldest that is unfinished, or the newest that "
        "reached its target, may go\n",
        keep);
  return 0;
}

Result<int> run_history(const Globals& globals, const std::vector<std::string>& arguments) {
  bool json = globals.json;
  std::uint32_t most = kUsual;
  std::uint32_t keep = 0;
  CommandLine line("who changed what on this node, when, and how it ended; newest first",
                   "septet history");
  line.option("-n", most, "at most so many (0: all)").show_default();
  line.option("--keep", keep,
              "remove the oldest changes from the journal, so that so many stay; never an "
              "unfinished one, nor what going back to a kept one needs")
      .range(1, 1'000'000);
  line.flag("--json", json, "for programs; with every step");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto journal = TRY(open_existing_journal(globals));
  if (journal && keep != 0) return prune(*journal, keep, json);
  std::vector<partition::ChangeRecord> changes;
  if (journal) changes = TRY(journal->changes(most));
  if (json) {
    fmt::print("{}", to_text(partition::to_json(changes)));
    return 0;
  }
  if (changes.empty()) {
    fmt::print("no change of this node is recorded in {}\n", TRY(journal_folder(globals)));
    return 0;
  }
  bool unfinished = false;
  for (const auto& change : changes) {
    fmt::print("{}", partition::to_string(change));
    unfinished = unfinished || change.unfinished();
  }
  if (unfinished) fmt::print("a change is unfinished: septet recover finishes or undoes it\n");
  return 0;
}

}  // namespace

extern const Verb kHistory{"history", "who changed what on this node, when, and how it ended",
                           run_history};

}  // namespace septet::cli
