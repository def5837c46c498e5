// septet history — who changed what on this node, when, how long it took. Asks no driver.
#include <fmt/format.h>

#include "cli/command_line.h"
#include "cli/open_journal.h"
#include "cli/verb.h"
#include "partition/history.h"

namespace septet::cli {

namespace {

constexpr std::uint32_t kUsual = 20;

Result<int> run_history(const Globals& globals, const std::vector<std::string>& arguments) {
  bool json = globals.json;
  std::uint32_t most = kUsual;
  CommandLine line("who changed what on this node, when, and how it ended; newest first",
                   "septet history");
  line.option("-n", most, "at most so many (0: all)").show_default();
  line.flag("--json", json, "for programs; with every step");
  if (TRY(line.parse(arguments)).finished) return 0;
  const auto journal = TRY(open_existing_journal(globals));
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
