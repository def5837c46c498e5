#include "partition/parted_apply.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "partition/journal_apply.h"
#include "partition/parted_targets.h"

namespace septet::partition {

namespace {

using plan::GpuCut;

const mig::Gpu& gpu_of(const mig::Node& node, const GpuCut& cut) {
  const auto found = std::ranges::find(node.gpus, cut.gpu, &mig::Gpu::index);
  SEPTET_ASSERT(found != node.gpus.end());
  return *found;
}

bool mode_differs(const GpuCut& now, const GpuCut& target) {
  return now.mode != target.mode || now.pending != target.pending;
}

// After the mode change, if any, which ends all instances.
bool instances_differ(const GpuCut& now, const GpuCut& target) {
  GpuCut then = target;
  then.instances = now.mode == target.mode ? now.instances : decltype(now.instances){};
  return !plan::satisfies(then, target);
}

bool any(const plan::Plan& plan, bool (*differs)(const GpuCut&, const GpuCut&)) {
  for (std::size_t i = 0; i < plan.from.size(); ++i) {
    if (differs(plan.from[i], plan.to[i])) return true;
  }
  return false;
}

// Without the reset it needs, a GPU stays in its mode, with the new one waiting.
void leave_waiting(plan::Plan& plan, const mig::Node& node) {
  for (GpuCut& target : plan.to) {
    const mig::Gpu& gpu = gpu_of(node, target);
    const auto steps = plan::diff(gpu, target);
    const auto reset = std::ranges::find(steps, plan::StepKind::kReset, &plan::Step::kind);
    if (reset == steps.end()) continue;
    const mig::MigMode wanted = target.mode;
    target.mode = gpu.mode;
    target.pending = wanted;
    target.instances.clear();
  }
  plan = plan::diff(node, plan.to);
}

class Applier {
 public:
  Applier(const PartedChange& change, driver::Driver& driver) : change_(change), driver_(driver) {}

  Result<PartedDone> run() {
    auto made = hooks(HookPoint::kApplyStart) ? work() : std::unexpected(*hook_failure_);
    hook_failure_.reset();
    if (hooks(HookPoint::kApplyExit)) return made;
    if (made) return std::unexpected(*hook_failure_);
    if (change_.warn) change_.warn(hook_failure_->describe());
    return made;
  }

 private:
  bool hooks(HookPoint point) {
    if (!change_.hooks.of(point).empty())
      debug(fmt::format("running the {} hook", to_string(point)));
    auto done = run_hooks(change_.hooks, point, change_.hook_options);
    if (done) return true;
    hook_failure_ = std::move(done).error();
    return false;
  }

  void debug(const std::string& text) const {
    if (change_.debug) change_.debug(text);
  }

  Result<> plan() {
    node_ = TRY(driver_.observe());
    const auto targets = TRY(change_.targets(node_));
    plan_ = plan::diff(node_, targets);
    if (change_.skip_reset && change_.mode_only) leave_waiting(plan_, node_);
    if (!plan_.needs_reset() || !change_.skip_reset) return {};
    return fail(Code::kNeedsReset,
                "the change of MIG mode needs a reset, which --skip-reset forbids",
                "leave --skip-reset out, or add --mode-only to leave the mode waiting; nothing was "
                "changed");
  }

  Result<PartedDone> work() {
    TRY(plan());
    if (plan_.empty()) {
      debug("the node is as it is wanted");
      remember();
      return done();
    }
    std::unique_ptr<Journal> journal;
    std::optional<ChangeLock> lock;
    if (change_.open_journal) {
      journal = TRY(change_.open_journal());
      lock.emplace(TRY(journal->lock(change_.lock_wait_ms)));
      TRY(plan());  // whoever had the lock may have changed the node
    }
    if (TRY(prepare())) TRY(plan());
    for (const plan::Step& step : plan_.steps) debug("planned: " + plan::to_string(step));
    TRY(apply_plan(journal.get(), lock ? &*lock : nullptr));
    return done();
  }

  // Were there hooks to run?
  Result<bool> prepare() {
    bool ran = false;
    const auto run_if = [&](bool needed, HookPoint point) -> Result<> {
      if (!needed || change_.hooks.of(point).empty()) return {};
      ran = true;
      if (!hooks(point)) return std::unexpected(*hook_failure_);
      return {};
    };
    TRY(run_if(any(plan_, mode_differs), HookPoint::kPreApplyMode));
    TRY(run_if(!change_.mode_only && any(plan_, instances_differ), HookPoint::kPreApplyConfig));
    return ran;
  }

  Result<> apply_plan(Journal* journal, const ChangeLock* lock) {
    ApplyOptions options = change_.apply;
    options.allow_reset = !change_.skip_reset;
    Outcome outcome;
    if (journal != nullptr) {
      auto made = TRY(apply_with_journal(*journal, *lock, change_.verb, plan_, driver_, options));
      outcome = std::move(made.outcome);
      if (made.unwritten && change_.warn) change_.warn(made.unwritten->describe());
      if (made.untold && made.outcome.end == End::kDone) return std::unexpected(*made.untold);
    } else {
      outcome = TRY(partition::apply(plan_, driver_, options));
    }
    if (outcome.end != End::kDone) return std::unexpected(failure_of(outcome, plan_));
    return {};
  }

  // Nothing is to be done, but this is what is wanted from now on. Not worth an error.
  void remember() {
    if (!change_.open_journal || plan_.from.empty()) return;
    const auto write = [this]() -> Result<> {
      const auto journal = TRY(change_.open_journal());
      return journal->want(plan_.from);
    };
    if (auto written = write(); !written && change_.warn)
      change_.warn("not recorded: " + written.error().describe());
  }

  PartedDone done() const {
    PartedDone made;
    made.steps = plan_.steps.size();
    for (const GpuCut& target : plan_.to) {
      if (target.pending == target.mode) continue;
      made.waiting.push_back(fmt::format("GPU {}: MIG mode {} waits for a reset", target.gpu,
                                         target.pending == mig::MigMode::kOn ? "on" : "off"));
    }
    return made;
  }

  const PartedChange& change_;
  driver::Driver& driver_;
  mig::Node node_;
  plan::Plan plan_;
  std::optional<Error> hook_failure_;
};

Result<> check_meant(const PartedConfig& config, const mig::Node& node) {
  std::string kinds;
  bool enabled = false;
  for (const mig::Gpu& gpu : node.gpus) {
    for (const PartedEntry& entry : config.entries) {
      if (!names(entry, gpu)) continue;
      if (!entry.mig_enabled) return {};  // a GPU that cannot be cut is as it should be
      enabled = true;
    }
    const std::string kind = fmt::format("0x{:08X} ({})", gpu.pci_device_id, gpu.name);
    if (kinds.find(kind) == std::string::npos) kinds += (kinds.empty() ? "" : ", ") + kind;
  }
  if (enabled) {
    return fail(Code::kNotSupported,
                fmt::format("config {} turns MIG on, but no GPU it names can be cut", config.name),
                "this node has " + kinds);
  }
  return fail(
      Code::kInfeasible,
      fmt::format("config {} is for no GPU of this node: nothing would be done", config.name),
      "look at its devices and device-filter; this node has " + kinds);
}

}  // namespace

Result<std::vector<GpuCut>> parted_targets(const PartedConfig& config, const mig::Node& node,
                                           bool mode_only) {
  PartedConfig wanted = config;
  if (mode_only) {
    for (PartedEntry& entry : wanted.entries) entry.mig_devices.clear();
  }
  auto targets = TRY(targets_of(wanted, node));
  if (targets.empty()) TRY(check_meant(config, node));
  return mode_only ? only_modes(std::move(targets), node) : std::move(targets);
}

std::vector<GpuCut> only_modes(std::vector<GpuCut> targets, const mig::Node& node) {
  for (GpuCut& target : targets) {
    GpuCut now = plan::cut_of(gpu_of(node, target));
    target.instances =
        now.mode == target.mode ? std::move(now.instances) : decltype(now.instances){};
  }
  return targets;
}

Result<PartedDone> parted_apply(const PartedChange& change, driver::Driver& driver) {
  return Applier(change, driver).run();
}

}  // namespace septet::partition
