#include "agent/relayout.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace septet::agent {

namespace {

// Worst last, as a node's phase is that of its worst GPU.
int badness(Phase phase) {
  switch (phase) {
    case Phase::kIdle: return 0;
    case Phase::kApplied: return 1;
    case Phase::kWithheld: return 2;
    case Phase::kApplying: return 3;
    case Phase::kBlocked: return 4;
    case Phase::kFailed: return 5;
  }
  return 5;
}

std::set<std::uint32_t> blocked_gpus(const plan::Plan& plan) {
  std::set<std::uint32_t> blocked;
  for (const plan::Step* const step : plan.blocked()) blocked.insert(step->gpu);
  return blocked;
}

std::string blockers_of(const plan::Plan& plan, std::uint32_t gpu) {
  std::set<std::string> names;
  for (const plan::Step* const step : plan.blocked()) {
    if (step->gpu != gpu) continue;
    for (const mig::Process& process : step->in_the_way) {
      names.insert(process.pid == 0 ? process.name
                                    : fmt::format("pid {} ({})", process.pid, process.name));
    }
  }
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text;
}

// MIG devices of an instance that a step destroys, or is about.
void add_uuids(const mig::Gpu& gpu, const plan::Step& step, std::set<std::string>& uuids) {
  for (const mig::GpuInstance& instance : gpu.instances) {
    if (instance.at != step.at || instance.profile_id != step.profile_id) continue;
    for (const mig::ComputeInstance& compute : instance.compute) {
      const bool all = step.kind == plan::StepKind::kDestroyInstance;
      if (all || step.compute.uuid == compute.uuid || step.compute.at == compute.at)
        uuids.insert(compute.uuid);
    }
  }
}

std::string cuts_text(const mig::Node& node) {
  std::string text;
  for (const mig::Gpu& gpu : node.gpus) {
    text += gpu.problem ? fmt::format("GPU {}: unknown\n", gpu.index)
                        : plan::to_string(plan::cut_of(gpu)) + "\n";
  }
  return text;
}

}  // namespace

std::string_view to_string(Phase phase) {
  switch (phase) {
    case Phase::kIdle: return "Idle";
    case Phase::kWithheld: return "Withdrawing";
    case Phase::kBlocked: return "Blocked";
    case Phase::kApplying: return "Applying";
    case Phase::kFailed: return "Failed";
    case Phase::kApplied: return "Applied";
  }
  return "Unknown";
}

void Relayout::withhold(const plan::Plan& plan, const mig::Node& node,
                        const std::set<std::string>& before, double now_s) {
  std::set<std::string> uuids;
  for (const plan::Step& step : plan.steps) {
    const auto gpu = std::ranges::find(node.gpus, step.gpu, &mig::Gpu::index);
    if (gpu == node.gpus.end()) continue;
    if (step.kind == plan::StepKind::kSetMode || step.kind == plan::StepKind::kReset)
      uuids.insert(gpu->uuid);
    if (step.destroys()) add_uuids(*gpu, step, uuids);
  }
  if (!std::ranges::includes(before, uuids)) withheld_since_s_ = now_s;
  withheld_ = std::move(uuids);
}

void Relayout::stand(const plan::Plan& whole, const std::set<std::uint32_t>& blocked,
                     const mig::Node& node) {
  standing_ = {};
  for (const plan::GpuCut& target : whole.to) {
    GpuStanding gpu{target.gpu, target.uuid, Phase::kApplied, {}};
    const bool differs = std::ranges::any_of(
        whole.steps, [&](const plan::Step& step) { return step.gpu == target.gpu; });
    if (blocked.contains(target.gpu)) {
      gpu.phase = Phase::kBlocked;
      gpu.message = "waits for " + blockers_of(whole, target.gpu);
    } else if (differs) {
      gpu.phase = Phase::kWithheld;
    }
    if (badness(gpu.phase) > badness(standing_.phase)) standing_.phase = gpu.phase;
    standing_.gpus.push_back(std::move(gpu));
  }
  if (whole.to.empty() && !node.gpus.empty()) standing_.phase = Phase::kApplied;
  for (const GpuStanding& gpu : standing_.gpus) {
    if (gpu.phase != Phase::kBlocked || standing_.error) continue;
    standing_.error =
        Error{Code::kBusy, fmt::format("GPU {} {}", gpu.gpu, gpu.message),
              "end or delete it; the slices in question are withdrawn and nothing new gets them", 0,
              nullptr};
  }
}

void Relayout::consider(const std::optional<Request>& request, const mig::Node& node,
                        double now_s) {
  if (applying_) return;
  const std::string key = request ? request->key() : "";
  if (key != key_) failure_.reset();
  key_ = key;
  const std::set<std::string> withheld = std::exchange(withheld_, {});
  free_ = {};
  standing_ = {};
  seen_ = cuts_text(node);
  if (!request) return;
  const auto targets = targets_of(*request, node);
  if (!targets) {
    standing_.phase = Phase::kFailed;
    standing_.error = targets.error();
    return;
  }
  const plan::Plan whole = plan::diff(node, *targets);
  const std::set<std::uint32_t> blocked = blocked_gpus(whole);
  stand(whole, blocked, node);
  if (failure_ && (now_s >= failure_->retry_at_s || seen_ != failure_->node)) {
    failure_->retry_at_s = now_s;  // again; how long to wait after the next failure is kept
  } else if (failure_ && !whole.empty()) {
    standing_.phase = Phase::kFailed;
    standing_.error = failure_->error;
    return;
  }
  if (whole.empty()) failure_.reset();
  withhold(whole, node, withheld, now_s);
  std::vector<plan::GpuCut> free_targets;
  for (const plan::GpuCut& target : *targets) {
    if (!blocked.contains(target.gpu)) free_targets.push_back(target);
  }
  free_ = plan::diff(node, free_targets);
}

void Relayout::unknown(Error error) {
  if (applying_) return;
  free_ = {};
  standing_ = {};
  standing_.phase = Phase::kFailed;
  standing_.error = std::move(error);
}

std::optional<plan::Plan> Relayout::ready(double told_s, double asked_s, double now_s) const {
  if (applying_ || free_.empty()) return std::nullopt;
  if (withheld_.empty()) return free_;
  const bool told = told_s >= withheld_since_s_ && now_s >= told_s + timing_.settle_s;
  if (!told || asked_s < told_s + timing_.settle_s) return std::nullopt;
  return free_;
}

void Relayout::begin() {
  applying_ = true;
  for (GpuStanding& gpu : standing_.gpus) {
    if (gpu.phase == Phase::kWithheld) gpu.phase = Phase::kApplying;
  }
  if (standing_.phase == Phase::kWithheld) standing_.phase = Phase::kApplying;
}

void Relayout::ended(std::optional<Error> failure, double now_s) {
  applying_ = false;
  if (!failure) {
    failure_.reset();
    return;
  }
  const double wait =
      failure_ ? std::min(failure_->wait_s * 2, timing_.longest_retry_s) : timing_.retry_s;
  failure_ = Failure{std::move(*failure), now_s + wait, wait, seen_};
}

std::optional<double> Relayout::next_s() const {
  if (applying_) return std::nullopt;
  if (failure_) return failure_->retry_at_s;
  return std::nullopt;
}

}  // namespace septet::agent
