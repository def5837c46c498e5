// What apply() came to, in words.
#include <fmt/format.h>

#include <utility>

#include "partition/apply.h"

namespace septet::partition {

namespace {

std::string others_text(const Outcome& outcome) {
  std::string text;
  for (const GpuOutcome& gpu : outcome.gpus) {
    for (const std::string& other : gpu.others) text += "\n  left alone: " + other;
  }
  return text;
}

}  // namespace

std::string_view to_string(End end) {
  switch (end) {
    case End::kDone: return "done";
    case End::kAwaitsReboot: return "awaits-reboot";
    case End::kRolledBack: return "rolled-back";
    case End::kStuck: return "stuck";
  }
  std::unreachable();
}

Error failure_of(const Outcome& outcome, const plan::Plan& plan, const std::string& change) {
  SEPTET_ASSERT(outcome.failure);
  std::string what = fmt::format("{}{}{} of {} steps were done", change, change.empty() ? "" : ": ",
                                 outcome.steps_done, plan.steps.size());
  std::string remedy;
  if (outcome.end == End::kAwaitsReboot)
    return fail_because(*outcome.failure, what + ", the others wait").error();
  if (outcome.end == End::kRolledBack) {
    what += ", then the node was put back as it was" + others_text(outcome);
  } else {
    what += ", and putting the node back failed too";
    if (outcome.rollback_failure) what += ":\n  " + outcome.rollback_failure->what;
    what += others_text(outcome);
    for (const plan::Step& step : outcome.left) what += "\n  left: " + plan::to_string(step);
    remedy = "septet recover, when the GPU answers again; septet status shows the node";
  }
  return fail_because(*outcome.failure, std::move(what) + "\n  what failed", std::move(remedy))
      .error();
}

}  // namespace septet::partition
