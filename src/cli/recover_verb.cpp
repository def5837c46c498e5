// septet recover — brings changes that were cut short to an end.
#include <fmt/format.h>

#include "cli/change_session.h"
#include "cli/command_line.h"
#include "cli/open_journal.h"
#include "cli/recovered_text.h"
#include "cli/stop_on_signal.h"
#include "cli/verb.h"

namespace septet::cli {

namespace {

struct RecoverOptions {
  ChangeOptions change;
  bool finish = false, undo = false, accept = false;
};

partition::Toward toward(const RecoverOptions& options) {
  if (options.accept) return partition::Toward::kNeither;
  return options.finish ? partition::Toward::kTarget : partition::Toward::kStart;
}

int nothing_to_recover(bool json) {
  fmt::print("{}",
             json ? to_text(Json::array()) : "nothing to recover: every change came to an end\n");
  return 0;
}

Result<int> recover(const Globals& globals, const RecoverOptions& options) {
  auto session = TRY(begin_change(globals, options.change));
  const StopOnSignal stop;
  partition::RecoverOptions how{toward(options), apply_options(globals, options.change)};
  how.apply.interrupted = &stop.asked();
  const auto recovered =
      TRY(partition::recover(*session.journal, session.lock, *session.driver, how));
  if (how.apply.progress) end_progress();
  const auto told = how.apply.teller->after();
  if (recovered.empty() && !told) return std::unexpected(told.error());
  if (recovered.empty()) return nothing_to_recover(options.change.json);
  Json json = Json::array();
  for (const auto& one : recovered) {
    json.push_back(recovered_json(one));
    if (!options.change.json) fmt::print("{}", recovered_text(one));
  }
  if (options.change.json) fmt::print("{}", to_text(json));
  for (const auto& one : recovered) {
    if (one.failure) return std::unexpected(unrecovered(one));
  }
  if (!told) return std::unexpected(told.error());
  return 0;
}

Result<int> run_recover(const Globals& globals, const std::vector<std::string>& arguments) {
  RecoverOptions options;
  options.change.json = globals.json;
  CommandLine line("bring changes that were cut short to an end, by asking the GPUs",
                   "septet recover");
  auto finish = line.flag("--finish", options.finish, "lead on to the target where possible");
  auto undo = line.flag("--undo", options.undo,
                        "lead back to the start where possible (this is the default)");
  auto accept = line.flag("--accept", options.accept, "touch nothing: what is there is to stay");
  finish.excludes(undo).excludes(accept);
  undo.excludes(accept);
  line.flag("--allow-reset", options.change.allow_reset,
            "GPUs whose change of mode needs it may be reset");
  line.option("--wait", options.change.wait_s,
              "seconds to wait for another change that is under way (default 0)")
      .range(0.0, 86400.0);
  line.flag("--json", options.change.json, "for programs");
  if (TRY(line.parse(arguments)).finished) return 0;
  const bool recorded = TRY(open_existing_journal(globals)) != nullptr;
  if (!recorded) return nothing_to_recover(options.change.json);
  return recover(globals, options);
}

}  // namespace

extern const Verb kRecover{"recover", "bring changes that were cut short to an end", run_recover};

}  // namespace septet::cli
