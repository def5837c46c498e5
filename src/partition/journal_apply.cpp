#include "partition/journal_apply.h"

#include <utility>

namespace septet::partition {

namespace {

Ended ended_of(End end) {
  switch (end) {
    case End::kDone: return Ended::kDone;
    case End::kAwaitsReboot: return Ended::kAwaitsReboot;
    case End::kRolledBack: return Ended::kRolledBack;
    case End::kStuck: return Ended::kStuck;
  }
  std::unreachable();
}

void tell(const std::shared_ptr<Teller>& teller, Journaled& made) {
  if (teller == nullptr) return;
  if (auto told = teller->after(); !told) made.untold = std::move(told).error();
}

std::string why(const Outcome& outcome) {
  std::string text;
  if (outcome.failure) text = outcome.failure->describe();
  if (outcome.rollback_failure) {
    text += "\ngoing back failed: " + outcome.rollback_failure->describe();
  }
  return text;
}

}  // namespace

std::vector<plan::GpuCut> reached(const Outcome& outcome) {
  std::vector<plan::GpuCut> cuts;
  for (const GpuOutcome& gpu : outcome.gpus) {
    if (!gpu.now) return {};
    cuts.push_back(gpu.end == End::kAwaitsReboot ? gpu.to : *gpu.now);
  }
  return cuts;
}

Result<Journaled> apply_with_journal(Journal& journal, const ChangeLock& held,
                                     std::string_view verb, const plan::Plan& plan,
                                     driver::Driver& driver, const ApplyOptions& options) {
  ApplyOptions witnessed = options;
  witnessed.recorder = nullptr;
  Journaled made;
  if (plan.empty()) {
    made.outcome = TRY(apply(plan, driver, witnessed));
    if (auto wanted = journal.want(plan.from); !wanted) made.unwritten = std::move(wanted).error();
    tell(options.teller, made);
    return made;
  }
  made.change = TRY(journal.begin(held, verb, plan));
  const auto recorder = TRY(journal.recorder(*made.change));
  if (options.teller != nullptr) {
    if (auto told = options.teller->before(plan); !told) {
      (void)journal.end(*made.change, Ended::kRefused, told.error().describe());
      tell(options.teller, made);  // what was written before it failed
      return std::unexpected(std::move(told).error());
    }
  }
  witnessed.recorder = recorder.get();
  auto outcome = apply(plan, driver, witnessed);
  if (!outcome) {
    // Left unfinished if this cannot be written: recover() finds the node as it was.
    (void)journal.end(*made.change, Ended::kRefused, outcome.error().describe());
    tell(options.teller, made);  // of what stayed; the error that is returned says more
    return std::unexpected(std::move(outcome).error());
  }
  made.outcome = *std::move(outcome);
  const bool done = made.outcome.end == End::kDone || made.outcome.end == End::kAwaitsReboot;
  auto written = journal.end(*made.change, ended_of(made.outcome.end), why(made.outcome),
                             done ? reached(made.outcome) : std::vector<plan::GpuCut>{});
  if (!written) made.unwritten = std::move(written).error();
  tell(options.teller, made);
  return made;
}

}  // namespace septet::partition
