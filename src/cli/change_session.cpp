#include "cli/change_session.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>

#include "cli/cdi_teller.h"
#include "cli/command_line.h"
#include "cli/open_journal.h"
#include "cli/stop_on_signal.h"
#include "partition/boot.h"
#include "partition/leased_driver.h"
#include "partition/take_slice.h"

namespace septet::cli {

namespace {

using partition::End;
using partition::GpuOutcome;
using partition::Journaled;

constexpr double kLongestWait = 86400;
constexpr const char* kNewLine = "\r\x1b[K";

bool on_terminal() { return isatty(STDERR_FILENO) == 1; }

void show_progress(const plan::Step& step, std::size_t number, std::size_t count) {
  std::string line = fmt::format("{} of {}  {}", number, count, plan::to_string(step));
  line.resize(std::min<std::size_t>(line.size(), terminal_width() - 1));  // it must not wrap
  fmt::print(stderr, "{}{}", kNewLine, line);
  std::fflush(stderr);
}

Json or_null(const std::optional<Error>& error) {
  return error ? Json(error->describe()) : Json(nullptr);
}

// What killed runs left. A failure of that is said and stops nothing here.
void fold_strays(const Globals& globals, partition::Journal& journal,
                 const partition::ChangeLock& lock) {
  const auto fold = [&]() -> Result<> {
    const std::string folder = TRY(journal_folder(globals));
    const auto driver = TRY(open_driver(globals));
    partition::ApplyOptions apply;
    apply.open_driver = [globals] { return open_driver(globals); };
    apply.teller = cdi_teller(globals);
    const auto folded = TRY(partition::fold_strays({journal, lock, *driver, folder, apply}));
    for (const std::string& note : folded.notes)
      fmt::print(stderr, "septet: left by a run that was killed: {}\n", note);
    if (folded.failure) return std::unexpected(*folded.failure);
    return {};
  };
  if (auto done = fold(); !done)
    fmt::print(stderr, "septet: left by a run that was killed, and stays: {}\n",
               done.error().describe());
}

Json gpu_json(const GpuOutcome& gpu) {
  return {{"gpu", gpu.from.gpu},
          {"uuid", gpu.from.uuid},
          {"outcome", partition::to_string(gpu.end)},
          {"steps_done", gpu.steps_done},
          {"steps", gpu.steps},
          {"now", gpu.now ? plan::to_json(*gpu.now) : Json(nullptr)},
          {"failure", or_null(gpu.failure)},
          {"rollback_failure", or_null(gpu.rollback_failure)},
          {"left_to_others", gpu.others}};
}

}  // namespace

void add_change_options(CommandLine& line, ChangeOptions& options) {
  line.flag("--dry-run", options.dry_run, "only say what would be done; exit 2 if anything");
  line.flag("--allow-reset", options.allow_reset,
            "GPUs whose change of mode needs it may be reset");
  line.option("--force", options.force,
              "this instance may be destroyed in use, and its processes ended: 0:3g.40gb@4, or a "
              "MIG UUID; again for another")
      .one_at_a_time();
  line.option("--wait", options.wait_s,
              "seconds to wait for another change that is under way (default 0)")
      .range(0.0, kLongestWait);
  line.flag("--json", options.json, "for programs");
}

Result<std::unique_ptr<driver::Driver>> open_watched_driver(const Globals& globals) {
  auto driver = TRY(open_driver(globals));
  return partition::with_leases(std::move(driver), TRY(journal_folder(globals)));
}

Result<ChangeSession> begin_change(const Globals& globals, const ChangeOptions& options) {
  auto driver = TRY(open_watched_driver(globals));
  auto journal = TRY(open_journal(globals));
  auto lock = TRY(journal->lock(static_cast<int>(options.wait_s * 1000.0)));
  fold_strays(globals, *journal, lock);
  return ChangeSession{std::move(driver), std::move(journal), std::move(lock)};
}

partition::ApplyOptions apply_options(const Globals& globals, const ChangeOptions& options) {
  partition::ApplyOptions apply;
  apply.allow_reset = options.allow_reset;
  apply.force = options.force;
  apply.open_driver = [globals] { return open_watched_driver(globals); };
  apply.teller = cdi_teller(globals);
  if (on_terminal() && !options.json) apply.progress = show_progress;
  return apply;
}

void end_progress() {
  if (!on_terminal()) return;
  fmt::print(stderr, "{}", kNewLine);
  std::fflush(stderr);
}

Result<Journaled> carry_out(ChangeSession& session, std::string_view verb, const plan::Plan& plan,
                            const partition::ApplyOptions& options) {
  std::fflush(stdout);  // what is about to be done comes before its progress
  const StopOnSignal stop;
  partition::ApplyOptions stoppable = options;
  stoppable.interrupted = &stop.asked();
  stoppable.may_await_reboot = true;
  auto made = partition::apply_with_journal(*session.journal, session.lock, verb, plan,
                                            *session.driver, stoppable);
  if (options.progress) end_progress();
  if (!made) return made;
  if (auto noted = partition::note_awaited_reboot(*session.journal, made->outcome); !noted) {
    fmt::print(stderr, "septet {}: that a reboot is awaited is not in the journal: {}\n", verb,
               noted.error().describe());
  }
  if (made->outcome.recorder_failure) {
    fmt::print(stderr, "septet {}: a step is not in the journal: {}\n", verb,
               made->outcome.recorder_failure->describe());
  }
  if (made->unwritten) {
    fmt::print(stderr, "septet {}: how it ended is not in the journal: {}\n", verb,
               made->unwritten->describe());
  }
  if (made->untold && made->outcome.end != End::kDone) {
    fmt::print(stderr, "septet {}: {}\n", verb, made->untold->describe());
  }
  return made;
}

Result<> check_told(const Journaled& made) {
  if (!made.untold) return {};
  return fail_because(*made.untold, "the layout is as asked for, but not everybody knows");
}

std::string done_text(const Journaled& made, const plan::Plan& plan) {
  return fmt::format("done: {} of {} steps, each read back{}\n", made.outcome.steps_done,
                     plan.steps.size(),
                     made.change ? fmt::format(" (change {})", *made.change) : "");
}

Error failed(const Journaled& made, const plan::Plan& plan) {
  return partition::failure_of(made.outcome, plan,
                               made.change ? fmt::format("change {}", *made.change) : "");
}

Json to_json(const Journaled& made, const plan::Plan& plan) {
  const partition::Outcome& outcome = made.outcome;
  Json json{
      {"outcome", partition::to_string(outcome.end)},
      {"change", made.change ? Json(*made.change) : Json(nullptr)},
      {"steps_done", outcome.steps_done},
      {"steps", plan.steps.size()},
      {"failure", or_null(outcome.failure)},
      {"rollback_failure", or_null(outcome.rollback_failure)},
      {"journal_failure", or_null(made.unwritten ? made.unwritten : outcome.recorder_failure)}};
  json["gpus"] = Json::array();
  for (const GpuOutcome& gpu : outcome.gpus) json["gpus"].push_back(gpu_json(gpu));
  json["left"] = Json::array();
  for (const plan::Step& step : outcome.left) json["left"].push_back(plan::to_string(step));
  return json;
}

}  // namespace septet::cli
