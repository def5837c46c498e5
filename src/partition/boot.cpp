#include "partition/boot.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "partition/journal_cut.h"

namespace septet::partition {

namespace {

using plan::GpuCut;

// The same for the same wishes, whatever index the GPUs have in this boot.
std::string digest(std::vector<GpuCut> cuts) {
  std::ranges::sort(cuts, {}, &GpuCut::uuid);
  std::string text;
  for (GpuCut& cut : cuts) {
    cut.gpu = 0;
    text += cut_text(cut);
  }
  return text;
}

bool stops_gpu(const plan::Plan& plan) { return plan.needs_reset() || plan.needs_reboot(); }

class Restoration {
 public:
  Restoration(Journal& journal, const ChangeLock& held, driver::Driver& driver,
              const ApplyOptions& options)
      : journal_(journal), held_(held), driver_(driver), options_(options) {
    options_.allow_reset = true;
  }

  Result<Restored> run() {
    done_.recovered = TRY(recover(journal_, held_, driver_, {Toward::kStart, options_}));
    options_.may_await_reboot = true;
    TRY(take_stock());
    std::vector<RestoredGpu*> without_reset, with_reset;
    for (RestoredGpu& gpu : done_.gpus) {
      if (gpu.how != Restore::kFailed || gpu.failure) continue;
      (stops_gpu(plan_for({&gpu})) ? with_reset : without_reset).push_back(&gpu);
    }
    if (!without_reset.empty() && !try_together(without_reset)) {
      for (RestoredGpu* const gpu : without_reset) TRY(restore(*gpu));
    }
    for (RestoredGpu* const gpu : with_reset) TRY(restore(*gpu));
    TRY(settle_reboot());
    return std::move(done_);
  }

 private:
  // What is wanted of which GPU, and which have it already.
  Result<> take_stock() {
    const auto wanted = TRY(journal_.wanted());
    node_ = TRY(driver_.observe());
    Located located = locate(wanted, node_);
    done_.missing = std::move(located.missing);
    for (GpuCut& cut : located.cuts) {
      cut.pending = cut.mode;
      RestoredGpu gpu{std::move(cut), Restore::kFailed, {}};
      if (plan_for({&gpu}).empty()) gpu.how = Restore::kAsWanted;
      done_.gpus.push_back(std::move(gpu));
    }
    add_unreadable(wanted, located.unreadable);
    return {};
  }

  // Those that locate() could neither find nor call missing, in the same order.
  void add_unreadable(const std::vector<GpuCut>& wanted, const std::vector<std::string>& why) {
    const auto known = [this](const std::string& uuid) {
      return std::ranges::find(done_.missing, uuid) != done_.missing.end() ||
             std::ranges::find(done_.gpus, uuid, [](const RestoredGpu& gpu) {
               return gpu.wanted.uuid;
             }) != done_.gpus.end();
    };
    std::size_t next = 0;
    for (const GpuCut& cut : wanted) {
      if (known(cut.uuid)) continue;
      SEPTET_ASSERT(next < why.size());
      done_.gpus.push_back(
          {cut, Restore::kFailed, Error{Code::kUnavailable, why[next++], "", 0, nullptr}});
    }
  }

  plan::Plan plan_for(const std::vector<const RestoredGpu*>& gpus) const {
    std::vector<GpuCut> targets;
    targets.reserve(gpus.size());
    for (const RestoredGpu* const gpu : gpus) targets.push_back(gpu->wanted);
    return plan::diff(node_, targets);
  }

  bool try_together(const std::vector<RestoredGpu*>& gpus) {
    const auto made = apply_with_journal(journal_, held_, "boot",
                                         plan_for({gpus.begin(), gpus.end()}), driver_, options_);
    const bool done = made && made->outcome.end == End::kDone;
    if (done) {
      for (RestoredGpu* const gpu : gpus) gpu->how = Restore::kRestored;
    }
    return done;
  }

  // One GPU alone. Its own failure is an answer; that the node cannot be seen is not.
  Result<> restore(RestoredGpu& gpu) {
    node_ = TRY(driver_.observe());
    if (!locate({gpu.wanted}, node_).unreadable.empty()) {
      gpu.failure = Error{Code::kUnavailable, "the GPU does not answer any more", "", 0, nullptr};
      return {};
    }
    const plan::Plan plan = plan_for({&gpu});
    const bool resets = stops_gpu(plan);
    auto made = apply_with_journal(journal_, held_, "boot", plan, driver_, options_);
    if (made && made->outcome.end == End::kDone) {
      gpu.how = Restore::kRestored;
      return {};
    }
    gpu.failure = made ? made->outcome.failure : std::move(made).error();
    const bool unable = gpu.failure->code == Code::kNotSupported ||
                        gpu.failure->code == Code::kNeedsReset ||
                        gpu.failure->code == Code::kAwaitsReboot;
    if (resets && unable) gpu.how = Restore::kAwaitsReboot;
    return {};
  }

  // ---- the once-only reboot
  // ----------------------------------------------------------------------

  Result<> settle_reboot() {
    std::vector<RestoredGpu*> waiting;
    std::vector<GpuCut> cuts;
    for (RestoredGpu& gpu : done_.gpus) {
      if (gpu.how != Restore::kAwaitsReboot) continue;
      waiting.push_back(&gpu);
      cuts.push_back(gpu.wanted);
    }
    const auto note = TRY(journal_.reboot());
    if (waiting.empty()) return note && done_.complete() ? journal_.clear_reboot() : Result<>{};
    const std::string wanted = digest(cuts);
    if (note && note->wanted == wanted && note->boot != journal_.context().boot) {
      refuse_another(waiting, *note);
      return {};
    }
    for (RestoredGpu* const gpu : waiting) leave_pending(*gpu);
    const bool any = std::ranges::any_of(
        waiting, [](const RestoredGpu* gpu) { return gpu->how == Restore::kAwaitsReboot; });
    if (!any || (note && note->wanted == wanted)) return {};
    // Written first: a reboot that is asked for twice is a machine that never comes up.
    TRY(journal_.note_reboot(wanted));
    done_.ask_reboot = true;
    return {};
  }

  static void refuse_another(const std::vector<RestoredGpu*>& waiting, const RebootNote& note) {
    for (RestoredGpu* const gpu : waiting) {
      gpu->how = Restore::kFailed;
      gpu->failure =
          Error{Code::kNeedsReset,
                fmt::format(
                    "the node was rebooted for this layout (asked for {}), and MIG mode of GPU {} "
                    "is still not in force; it is not rebooted again",
                    utc_text(note.asked_ns), gpu->wanted.gpu),
                "reset the GPU, or power the node off and on; in a virtual machine, from its host",
                0, std::make_shared<const Error>(*gpu->failure)};
    }
  }

  // The mode that the reboot is to bring, set now: apply() takes it back when a reset fails.
  void leave_pending(RestoredGpu& gpu) {
    auto set = [&]() -> Result<> {
      const auto seen = TRY(driver_.observe_gpu(gpu.wanted.gpu));
      if (seen.pending == gpu.wanted.mode) return {};
      (void)TRY(driver_.set_mig_mode(gpu.wanted.gpu, gpu.wanted.mode == mig::MigMode::kOn));
      const auto after = TRY(driver_.observe_gpu(gpu.wanted.gpu));
      if (after.pending == gpu.wanted.mode) return {};
      return fail(Code::kUnavailable,
                  fmt::format("MIG mode of GPU {} would not be in force after a reboot either",
                              gpu.wanted.gpu));
    }();
    if (set) return;
    gpu.how = Restore::kFailed;
    gpu.failure = std::move(set).error();
  }

  Journal& journal_;
  const ChangeLock& held_;
  driver::Driver& driver_;
  ApplyOptions options_;
  mig::Node node_;
  Restored done_;
};

}  // namespace

std::string_view to_string(Restore restore) {
  switch (restore) {
    case Restore::kAsWanted: return "as-wanted";
    case Restore::kRestored: return "restored";
    case Restore::kAwaitsReboot: return "awaits-reboot";
    case Restore::kFailed: return "failed";
  }
  std::unreachable();
}

bool Restored::complete() const {
  return std::ranges::all_of(gpus, [](const RestoredGpu& gpu) {
    return gpu.how == Restore::kAsWanted || gpu.how == Restore::kRestored;
  });
}

Result<> note_awaited_reboot(Journal& journal, const Outcome& outcome) {
  std::vector<GpuCut> cuts;
  for (const GpuOutcome& gpu : outcome.gpus) {
    if (gpu.end != End::kAwaitsReboot) continue;
    cuts.push_back(gpu.to);
    cuts.back().pending = cuts.back().mode;
  }
  return cuts.empty() ? Result<>{} : journal.note_reboot(digest(std::move(cuts)));
}

Result<Restored> restore_recorded(Journal& journal, const ChangeLock& held, driver::Driver& driver,
                                  const ApplyOptions& options) {
  return Restoration(journal, held, driver, options).run();
}

}  // namespace septet::partition
