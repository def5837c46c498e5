#include "partition/recover.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "partition/journal_apply.h"
#include "partition/journal_cut.h"
#include "partition/recover_target.h"

namespace septet::partition {

namespace {

using plan::GpuCut;

// Where all GPUs of a change may be led.
struct Course {
  std::vector<GpuCut> to;
  std::vector<std::string> notes;
  std::optional<Error> impossible;
};

class Recovery {
 public:
  Recovery(Journal& journal, driver::Driver& driver, const RecoverOptions& options,
           ChangeRecord change)
      : journal_(journal), driver_(driver), options_(options) {
    done_.change = std::move(change);
  }

  Result<Recovered> run() {
    if (auto looked = look_around(); !looked) {
      done_.failure = std::move(looked).error();
    } else if (start_.cuts.empty()) {
      done_.how = Ended::kGone;
    } else if (options_.toward == Toward::kNeither) {
      done_.how = Ended::kAccepted;
      reached_ = now_;
    } else {
      settle();
    }
    TRY(journal_.end(done_.change.id, done_.how,
                     done_.failure ? done_.failure->describe() : std::string(), reached_));
    return std::move(done_);
  }

 private:
  // Asks the GPUs; again before each way, since the first way may have changed them.
  Result<> look_around() {
    const auto node = TRY(driver_.observe());
    start_ = locate(done_.change.from, node);
    target_ = locate(done_.change.to, node);
    if (!start_.unreadable.empty()) {
      return fail(Code::kUnavailable, start_.unreadable.front(),
                  "what this GPU holds is unknown; recover again when it answers");
    }
    now_.clear();
    for (const GpuCut& cut : start_.cuts) {
      now_.push_back(plan::cut_of(*std::ranges::find(node.gpus, cut.gpu, &mig::Gpu::index)));
    }
    node_ = node;
    return {};
  }

  Course course(bool forward) const {
    const auto& aims = forward ? target_.cuts : start_.cuts;
    const auto& others = forward ? start_.cuts : target_.cuts;
    const bool booted_since =
        done_.change.boot.empty() || done_.change.boot != journal_.context().boot;
    Course course;
    for (const std::string& uuid : start_.missing)
      course.notes.push_back(fmt::format("{} is not on this node any more", uuid));
    for (std::size_t i = 0; i < now_.size(); ++i) {
      auto target = recover_target(now_[i], aims[i], others[i], booted_since);
      std::ranges::move(target.notes, std::back_inserter(course.notes));
      if (!course.impossible) course.impossible = std::move(target.impossible);
      course.to.push_back(std::move(target.to));
    }
    return course;
  }

  bool there(const Course& course) const {
    return !course.impossible &&
           std::ranges::equal(now_, course.to, [](const GpuCut& have, const GpuCut& want) {
             return plan::satisfies(have, want);
           });
  }

  void settle() {
    for (const bool forward : {true, false}) {
      const Course found = course(forward);
      if (!there(found)) continue;
      done_.how = forward ? Ended::kFoundDone : Ended::kFoundUndone;
      done_.notes = found.notes;
      reached_ = now_;
      return;
    }
    const bool first = options_.toward == Toward::kTarget;
    for (const bool forward : {first, !first}) {
      auto led = lead(forward);
      if (led) {
        done_.failure.reset();
        return;
      }
      // The way that was wanted is the one to explain.
      if (!done_.failure) done_.failure = std::move(led).error();
      if (!look_around()) return;
    }
  }

  Result<> lead(bool forward) {
    Course found = course(forward);
    if (found.impossible) return std::unexpected(*std::move(found.impossible));
    const auto recorder = TRY(journal_.recorder(done_.change.id));
    ApplyOptions options = options_.apply;
    options.recorder = recorder.get();
    options.allow_reset = options.allow_reset || done_.change.resets;
    auto outcome = TRY(apply(plan::diff(node_, found.to), driver_, options));
    done_.outcome = outcome;
    if (outcome.end != End::kDone) {
      SEPTET_ASSERT(outcome.failure);
      return std::unexpected(*outcome.failure);
    }
    done_.how = forward ? Ended::kFinished : Ended::kUndone;
    done_.notes = std::move(found.notes);
    reached_ = reached(outcome);
    return {};
  }

  Journal& journal_;
  driver::Driver& driver_;
  const RecoverOptions& options_;
  Recovered done_;
  mig::Node node_;
  Located start_, target_;
  std::vector<GpuCut> now_, reached_;  // in the order of start_.cuts
};

std::string_view sentence(Ended how) {
  switch (how) {
    case Ended::kFoundDone: return "every GPU was already as it should become";
    case Ended::kFoundUndone: return "every GPU was still as before";
    case Ended::kUndone: return "led back to how it was before";
    case Ended::kFinished: return "led on to where it should go";
    case Ended::kGone: return "none of its GPUs is on this node any more";
    case Ended::kAccepted: return "what is there was accepted; nothing was touched";
    case Ended::kStuck: return "could be led neither back nor on";
    case Ended::kDone:
    case Ended::kAwaitsReboot:
    case Ended::kRolledBack:
    case Ended::kRefused: return to_string(how);
  }
  std::unreachable();
}

}  // namespace

std::string to_string(const Recovered& recovered) {
  const ChangeRecord& change = recovered.change;
  std::string text =
      fmt::format("change {} ({}, begun {} by {}): {}", change.id, change.verb,
                  utc_text(change.began_ns), change.actor.user, sentence(recovered.how));
  if (recovered.failure) text += ": " + recovered.failure->describe();
  return text;
}

Result<std::vector<Recovered>> recover(Journal& journal, const ChangeLock& /*held*/,
                                       driver::Driver& driver, const RecoverOptions& options) {
  auto unfinished = TRY(journal.unfinished());
  std::vector<Recovered> done;
  done.reserve(unfinished.size());
  for (ChangeRecord& change : unfinished)
    done.push_back(TRY(Recovery(journal, driver, options, std::move(change)).run()));
  return done;
}

}  // namespace septet::partition
