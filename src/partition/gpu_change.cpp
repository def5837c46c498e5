#include "partition/gpu_change.h"

#include <fmt/format.h>

#include <algorithm>

#include "partition/holders.h"
#include "partition/run_step.h"

namespace septet::partition {

using plan::GpuCut;
using plan::Step;

namespace {

constexpr int kInUse = 19;  // nvmlReturn_t

// The driver says "in use", and lists nobody: who runs here that it does not list?
void name_daemons(Error& error) {
  if (error.driver_status != kInUse) return;
  std::string remedy;
  for (const Holder& daemon : known_daemons()) remedy += "\n    " + to_string(daemon);
  if (!remedy.empty()) error.remedy = "these hold GPUs without being listed as users:" + remedy;
}

}  // namespace

void Change::tell(const Step& step) {
  const std::lock_guard lock(mutex_);
  ++begun_;
  if (options.progress) options.progress(step, begun_, steps_);
}

void Change::note_unwritten(const Result<>& written) {
  if (written) return;
  const std::lock_guard lock(mutex_);
  if (!unwritten_) unwritten_ = written.error();
}

GpuChange::GpuChange(const GpuCut& from, const GpuCut& to, const std::vector<Step>& all) {
  for (const Step& step : all) {
    if (step.gpu == from.gpu) steps_.push_back(step);
  }
  report_.from = from;
  report_.to = to;
  report_.steps = steps_.size();
}

void GpuChange::fail_with(Error error, Change& change) {
  report_.failure = std::move(error);
  change.stop();
}

Result<> GpuChange::take(const Step& step, Attempt attempt, driver::Driver& driver,
                         Change& change) {
  const ApplyOptions& options = change.options;
  const bool forward = attempt.way == Way::kForward;
  StepRun run(step, driver,
              {options.patience, forward && change.force.allows(step), options.evict});
  Result<> done;
  for (attempt.attempt = 1;; ++attempt.attempt) {
    if (options.recorder != nullptr) {
      auto written = options.recorder->intend(step, attempt);
      if (!written && forward) {
        done = fail_because(std::move(written).error(),
                            plan::to_string(step) + ": not begun, for it could not be recorded");
        break;
      }
      change.note_unwritten(written);
    }
    done = run.attempt();
    if (options.recorder != nullptr)
      change.note_unwritten(options.recorder->outcome(step, attempt, done));
    if (done || attempt.attempt >= options.patience.attempts || !may_pass(done.error())) break;
    if (forward && change.interrupted()) break;
    options.patience.wait_after(attempt.attempt);
  }
  if (!done) name_daemons(done.error());
  if (run.touched()) ours_.push_back({run.as_done(), run.sure()});
  return done;
}

void GpuChange::forward(driver::Driver& driver, Change& change) {
  for (std::size_t i = 0; i < steps_.size() && !change.stopped(); ++i) {
    if (change.interrupted()) {
      return fail_with(
          {Code::kInterrupted, fmt::format("interrupted before {}", plan::to_string(steps_[i])), "",
           0, nullptr},
          change);
    }
    if (steps_[i].stop == plan::Stop::kReboot) return await_reboot(steps_[i]);
    change.tell(steps_[i]);
    auto done = take(steps_[i], {Way::kForward, 1, i + 1, 1}, driver, change);
    if (!done) return fail_with(std::move(done).error(), change);
    ++report_.steps_done;
  }
}

// The GPU keeps its mode, and holds nothing: what it is to hold comes after the reboot.
void GpuChange::await_reboot(const Step& reboot) {
  waiting_ = report_.to;
  waiting_->mode = report_.from.mode;
  waiting_->pending = reboot.mode_on ? mig::MigMode::kOn : mig::MigMode::kOff;
  waiting_->instances.clear();
  report_.end = End::kAwaitsReboot;
  report_.failure = Error{Code::kAwaitsReboot,
                          fmt::format("MIG mode of GPU {} goes {} with a reboot: the GPU is passed "
                                      "through to this virtual machine",
                                      reboot.gpu, reboot.mode_on ? "on" : "off"),
                          "reboot the node, then septet apply --boot", 0, nullptr};
}

void GpuChange::check(driver::Driver& driver, Change& change) {
  if (!waiting_ && (report_.failure || report_.steps_done < report_.steps)) return;
  const auto seen = look(driver, report_.from.gpu, change.options.patience);
  if (!seen) return fail_with(seen.error(), change);
  report_.now = plan::cut_of(*seen);
  if (plan::satisfies(*report_.now, aim())) return;
  fail_with({Code::kConflict,
             fmt::format("every step succeeded, but the GPU is not as planned\n"
                         "  wanted {}\n  is     {}",
                         plan::to_string(aim()), plan::to_string(*report_.now)),
             "somebody else changes this GPU; plan again", 0, nullptr},
            change);
}

Result<> GpuChange::back_once(unsigned round, driver::Driver& driver, Change& change) {
  const Patience& patience = change.options.patience;
  report_.left.clear();
  report_.now.reset();
  const auto now = TRY(look(driver, report_.from.gpu, patience));
  report_.now = plan::cut_of(now);
  if (now.uuid != report_.from.uuid) {
    return fail(Code::kConflict, fmt::format("GPU {} is another device now", now.index));
  }
  auto undo = way_back(*report_.now, report_.from, ours_);
  report_.others = std::move(undo.others);
  report_.left = plan::diff(now, undo.to);
  for (std::size_t i = 0; i < report_.left.size(); ++i) {
    TRY(take(report_.left[i], {Way::kBack, round, i + 1, 1}, driver, change));
  }
  const auto after = TRY(look(driver, report_.from.gpu, patience));
  report_.now = plan::cut_of(after);
  report_.left = plan::diff(after, undo.to);
  if (!report_.left.empty()) {
    return fail(Code::kConflict,
                fmt::format("GPU {}: every step back succeeded, but it is not as "
                            "before",
                            after.index),
                "somebody else changes this GPU");
  }
  if (undo.impossible) return std::unexpected(*std::move(undo.impossible));
  return {};
}

void GpuChange::back(driver::Driver& driver, Change& change) {
  if (!has_steps() && !report_.failure) return;  // it was, and is, as planned
  report_.end = End::kRolledBack;
  if (waiting_ && report_.failure->code == Code::kAwaitsReboot) report_.failure.reset();
  if (ours_.empty()) {
    if (const auto seen = look(driver, report_.from.gpu, change.options.patience)) {
      report_.now = plan::cut_of(*seen);
      report_.others = way_back(*report_.now, report_.from, ours_).others;
    }
    return;
  }
  const unsigned rounds = std::max(1u, change.options.patience.rounds);
  for (unsigned round = 1;; ++round) {
    auto done = back_once(round, driver, change);
    if (done) return;
    if (round < rounds) {
      change.options.patience.wait_after(round);
      continue;
    }
    report_.end = End::kStuck;
    report_.rollback_failure = std::move(done).error();
    if (const auto seen = look(driver, report_.from.gpu, change.options.patience)) {
      report_.now = plan::cut_of(*seen);
      const auto undo = way_back(*report_.now, report_.from, ours_);
      if (seen->uuid == report_.from.uuid) report_.left = plan::diff(*seen, undo.to);
    }
    return;
  }
}

}  // namespace septet::partition
