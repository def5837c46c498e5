#include "partition/apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "partition/run_step.h"

namespace septet::partition {

namespace {

using plan::GpuCut;
using plan::Plan;
using plan::Step;

Result<GpuCut> cut_now(driver::Driver& driver, std::uint32_t gpu) {
  const auto seen = TRY(look(driver, gpu));
  return plan::cut_of(seen);
}

Result<> check_start(const Plan& plan, driver::Driver& driver) {
  for (const GpuCut& from : plan.from) {
    const auto now = TRY(cut_now(driver, from.gpu));
    if (now == from) continue;
    return fail(
        Code::kConflict,
        fmt::format(
            "the node changed since the plan was made\n  planned from {}\n  now          {}",
            plan::to_string(from), plan::to_string(now)),
        "plan again");
  }
  return {};
}

Result<> check_end(const std::vector<GpuCut>& wanted, driver::Driver& driver) {
  for (const GpuCut& to : wanted) {
    const auto now = TRY(cut_now(driver, to.gpu));
    if (plan::satisfies(now, to)) continue;
    return fail(
        Code::kConflict,
        fmt::format(
            "every step succeeded, but the node is not as planned\n  wanted {}\n  is     {}",
            plan::to_string(to), plan::to_string(now)),
        "somebody else changes this GPU; plan again");
  }
  return {};
}

// The steps from how the GPU is now to how it was.
Result<std::vector<Step>> steps_back(const GpuCut& from, driver::Driver& driver) {
  const auto now = TRY(look(driver, from.gpu));
  if (now.uuid != from.uuid) {
    return fail(Code::kConflict, fmt::format("GPU {} is another device now", from.gpu));
  }
  return plan::diff(now, from);
}

class RollBack {
 public:
  RollBack(const Plan& plan, driver::Driver& driver) : plan_(plan), driver_(driver) {}

  void run(const std::set<std::uint32_t>& touched, Outcome& outcome) {
    outcome.end = End::kRolledBack;
    for (const GpuCut& from : plan_.from) {
      if (!touched.contains(from.gpu)) continue;
      if (auto back = restore(from); !back) {
        outcome.end = End::kStuck;
        // The first reason is the one to report; the others GPUs are still worth going back on.
        if (!outcome.rollback_failure) outcome.rollback_failure = std::move(back).error();
        if (auto left = steps_back(from, driver_))
          std::ranges::move(*left, std::back_inserter(outcome.left));
      }
    }
  }

 private:
  Result<> restore(const GpuCut& from) {
    const auto back = TRY(steps_back(from, driver_));
    for (const Step& step : back) TRY(run_step(step, driver_));
    return check_end({from}, driver_);
  }

  const Plan& plan_;
  driver::Driver& driver_;
};

Error busy(const std::vector<const Step*>& blocked) {
  std::string what = "somebody is in the way";
  std::set<std::string> said;
  for (const Step* const step : blocked) {
    const std::string line =
        fmt::format("\n  {}: in use by {}", plan::to_string(*step), plan::who(step->in_the_way));
    if (said.insert(line).second) what += line;
  }
  return {Code::kBusy, std::move(what),
          "stop those processes, or plan around them; nothing was changed", 0, nullptr};
}

Error needs_reset(const Plan& plan) {
  std::string gpus;
  for (const Step& step : plan.steps) {
    if (step.kind != plan::StepKind::kReset) continue;
    gpus += fmt::format("{}{}", gpus.empty() ? "" : ", ", step.gpu);
  }
  return {Code::kNeedsReset, fmt::format("the change of MIG mode needs a reset of GPU {}", gpus),
          "give --allow-reset when nothing that matters runs there; nothing was changed", 0,
          nullptr};
}

}  // namespace

std::string_view to_string(End end) {
  switch (end) {
    case End::kDone: return "done";
    case End::kRolledBack: return "rolled-back";
    case End::kStuck: return "stuck";
  }
  std::unreachable();
}

std::optional<Error> obstacle(const Plan& plan, const ApplyOptions& options) {
  if (const auto blocked = plan.blocked(); !blocked.empty()) return busy(blocked);
  if (plan.needs_reset() && !options.allow_reset) return needs_reset(plan);
  return std::nullopt;
}

Result<Outcome> apply(const Plan& plan, driver::Driver& driver, const ApplyOptions& options) {
  TRY(check_start(plan, driver));
  if (auto found = obstacle(plan, options)) return std::unexpected(*std::move(found));
  Outcome outcome;
  std::set<std::uint32_t> touched;
  for (const Step& step : plan.steps) {
    if (options.progress) options.progress(step, outcome.steps_done + 1, plan.steps.size());
    touched.insert(step.gpu);
    if (auto done = run_step(step, driver); !done) {
      outcome.failure = std::move(done).error();
      break;
    }
    ++outcome.steps_done;
  }
  if (!outcome.failure) {
    auto reached = check_end(plan.to, driver);
    if (!reached) outcome.failure = std::move(reached).error();
  }
  if (outcome.failure) RollBack(plan, driver).run(touched, outcome);
  return outcome;
}

}  // namespace septet::partition
