// septet rollback — back to how the node was before a recorded change.
#include <fmt/format.h>

#include "cli/change_session.h"
#include "cli/command_line.h"
#include "cli/open_journal.h"
#include "cli/plan_text.h"
#include "cli/verb.h"
#include "partition/history.h"

namespace septet::cli {

namespace {

void print(const partition::Rollback& rollback) {
  fmt::print("before change {} ({} by {}, {})\n", rollback.change.id, rollback.change.verb,
             rollback.change.actor.user, partition::utc_text(rollback.change.began_ns));
  for (const std::string& uuid : rollback.missing)
    fmt::print("  {} is not on this node any more\n", uuid);
  if (rollback.plan.empty()) {
    fmt::print("nothing to do: the node is as it was then\n");
  } else {
    fmt::print("{}{}\n", steps_text(rollback.plan, nullptr), summary_text(rollback.plan));
  }
}

Json json_of(const partition::Rollback& rollback) {
  return {{"before_change", rollback.change.id},
          {"missing", rollback.missing},
          {"plan", plan_json(rollback.plan)}};
}

// Of a node that was never changed.
Error nothing_recorded(const std::string& folder) {
  return {Code::kNotFound, fmt::format("no change of this node is recorded in {}", folder),
          "septet apply records what it does", 0, nullptr};
}

Result<int> dry_run(const Globals& globals, const std::string& which, bool json) {
  const auto journal = TRY(open_existing_journal(globals));
  if (!journal) return std::unexpected(nothing_recorded(TRY(journal_folder(globals))));
  const auto driver = TRY(open_watched_driver(globals));
  const auto node = TRY(driver->observe());
  const auto rollback = TRY(partition::plan_rollback(*journal, node, which));
  if (json) {
    fmt::print("{}", to_text(json_of(rollback)));
  } else {
    print(rollback);
  }
  return rollback.plan.empty() ? 0 : 2;
}

Result<int> go_back(const Globals& globals, const std::string& which,
                    const ChangeOptions& options) {
  const bool recorded = TRY(open_existing_journal(globals)) != nullptr;
  if (!recorded) return std::unexpected(nothing_recorded(TRY(journal_folder(globals))));
  auto session = TRY(begin_change(globals, options));
  const auto node = TRY(session.driver->observe());
  const auto rollback = TRY(partition::plan_rollback(*session.journal, node, which));
  if (!options.json) print(rollback);
  const auto made = TRY(carry_out(session, fmt::format("rollback {}", rollback.change.id),
                                  rollback.plan, apply_options(globals, options)));
  if (options.json) {
    Json json = json_of(rollback);
    json.update(to_json(made, rollback.plan));
    fmt::print("{}", to_text(json));
  }
  if (made.outcome.end != partition::End::kDone)
    return std::unexpected(failed(made, rollback.plan));
  if (!options.json && !rollback.plan.empty()) fmt::print("{}", done_text(made, rollback.plan));
  TRY(check_told(made));
  return 0;
}

Result<int> run_rollback(const Globals& globals, const std::vector<std::string>& arguments) {
  ChangeOptions options;
  options.json = globals.json;
  std::string which = "last";
  CommandLine line(
      "back to how the node was before a change; a change of its own, so it can be "
      "undone",
      "septet rollback");
  line.option("CHANGE", which, "its number in septet history, or: last").show_default();
  add_change_options(line, options);
  if (TRY(line.parse(arguments)).finished) return 0;
  if (options.dry_run) return dry_run(globals, which, options.json);
  return go_back(globals, which, options);
}

}  // namespace

extern const Verb kRollback{"rollback", "back to how the node was before a change", run_rollback};

}  // namespace septet::cli
