#include "plan/diff.h"

#include <fmt/format.h>

#include <algorithm>

namespace septet::plan {

namespace {

using mig::MigMode;

std::vector<mig::Process> users_of(const mig::Gpu& gpu, mig::Placement at) {
  for (const mig::GpuInstance& instance : gpu.instances) {
    if (instance.at == at) return instance.processes;
  }
  return {};
}

std::vector<mig::Process> users_of(const mig::Gpu& gpu, mig::Placement at,
                                   const std::string& uuid) {
  for (const mig::GpuInstance& instance : gpu.instances) {
    if (instance.at != at) continue;
    for (const mig::ComputeInstance& compute : instance.compute) {
      if (compute.uuid != uuid) continue;
      std::vector<mig::Process> users = instance.processes;
      // A process without a compute instance id may be in any of them: it counts for each.
      std::erase_if(users, [&compute](const mig::Process& process) {
        return process.compute_instance && *process.compute_instance != compute.id;
      });
      return users;
    }
  }
  return {};
}

// Its mode changes at the next reset; that of later boards at once.
bool keeps_mode_in_board(const mig::Gpu& gpu) {
  return gpu.product != nullptr && gpu.product->architecture == mig::Architecture::kAmpere;
}

class GpuDiff {
 public:
  GpuDiff(const mig::Gpu& gpu, const GpuCut& target)
      : gpu_(gpu), now_(cut_of(gpu)), target_(target) {}

  std::vector<Step> run() {
    for (const InstanceCut& held : now_.instances) {
      const auto kept = std::ranges::find_if(
          target_.instances, [&held](const InstanceCut& want) { return same_place(held, want); });
      if (kept == target_.instances.end()) {
        destroy(held);
      } else {
        destroy_surplus(held, *kept);
      }
    }
    mode();
    for (const InstanceCut& want : target_.instances) {
      const auto held = std::ranges::find_if(
          now_.instances, [&want](const InstanceCut& have) { return same_place(have, want); });
      create(want, held == now_.instances.end() ? nullptr : &*held);
    }
    return std::move(steps_);
  }

 private:
  Step step(StepKind kind, const InstanceCut& instance) const {
    Step made;
    made.kind = kind;
    made.gpu = now_.gpu;
    made.profile_id = instance.profile_id;
    made.name = instance.name;
    made.at = instance.at;
    return made;
  }

  void add(Step step) {
    step.in_the_way = users_in_the_way(step, gpu_);
    steps_.push_back(std::move(step));
  }

  void destroy(const InstanceCut& held) {
    for (const ComputeCut& compute : held.compute) destroy_compute(held, compute);
    Step gone = step(StepKind::kDestroyInstance, held);
    gone.stop = Stop::kInstanceIdle;
    add(std::move(gone));
    --left_;
  }

  void destroy_compute(const InstanceCut& held, const ComputeCut& compute) {
    Step gone = step(StepKind::kDestroyCompute, held);
    gone.compute = compute;
    gone.stop = Stop::kInstanceIdle;
    add(std::move(gone));
  }

  // Which compute instances of an instance that stays may stay: each wanted one takes at most one.
  // One that is in use is taken before an idle one of the same profile.
  std::vector<bool> kept_compute(const InstanceCut& held, const InstanceCut& want,
                                 std::vector<bool>& satisfied) const {
    std::vector<bool> kept(held.compute.size(), false);
    satisfied.assign(want.compute.size(), false);
    for (const bool fixed : {true, false}) {
      for (std::size_t w = 0; w < want.compute.size(); ++w) {
        if (want.compute[w].at.has_value() != fixed) continue;
        const auto chosen = match(held, want.compute[w], kept);
        if (!chosen) continue;
        kept[*chosen] = satisfied[w] = true;
      }
    }
    return kept;
  }

  std::optional<std::size_t> match(const InstanceCut& held, const ComputeCut& want,
                                   const std::vector<bool>& taken) const {
    std::optional<std::size_t> idle;
    for (std::size_t h = 0; h < held.compute.size(); ++h) {
      const ComputeCut& have = held.compute[h];
      if (taken[h] || have.profile_id != want.profile_id || (want.at && have.at != want.at))
        continue;
      if (!users_of(gpu_, held.at, have.uuid).empty()) return h;
      if (!idle) idle = h;
    }
    return idle;
  }

  void destroy_surplus(const InstanceCut& held, const InstanceCut& want) {
    std::vector<bool> satisfied;
    const std::vector<bool> kept = kept_compute(held, want, satisfied);
    for (std::size_t h = 0; h < held.compute.size(); ++h) {
      if (!kept[h]) destroy_compute(held, held.compute[h]);
    }
  }

  void mode() {
    MigMode pending = now_.pending;
    if (now_.mode != target_.mode) {
      // Setting again what already waits would do nothing: only the reset that it waits for helps.
      const bool waits = pending == target_.mode;
      const bool resets = keeps_mode_in_board(gpu_) || waits;
      if (!waits) set_mode(target_.mode, resets, Stop::kGpuIdle);
      if (resets) {
        Step reset;
        reset.kind = StepKind::kReset;
        reset.gpu = now_.gpu;
        reset.mode_on = target_.mode == MigMode::kOn;
        reset.stop = mode_needs_reboot(gpu_) ? Stop::kReboot : Stop::kReset;
        add(std::move(reset));
      }
      pending = target_.mode;
    }
    // Changes nothing but what waits for the next reset.
    if (pending != target_.pending)
      set_mode(target_.pending, target_.pending != target_.mode, Stop::kNothing);
  }

  void set_mode(MigMode to, bool at_reset, Stop stop) {
    Step change;
    change.kind = StepKind::kSetMode;
    change.gpu = now_.gpu;
    change.mode_on = to == MigMode::kOn;
    change.at_reset = at_reset;
    change.stop = stop;
    add(std::move(change));
  }

  void create(const InstanceCut& want, const InstanceCut* held) {
    std::vector<bool> satisfied(want.compute.size(), false);
    if (held == nullptr) {
      Step made = step(StepKind::kCreateInstance, want);
      if (left_++ == 0) made.stop = Stop::kGpuIdle;
      add(std::move(made));
    } else {
      (void)kept_compute(*held, want, satisfied);  // only `satisfied` matters here
    }
    for (std::size_t w = 0; w < want.compute.size(); ++w) {
      if (satisfied[w]) continue;
      Step made = step(StepKind::kCreateCompute, want);
      made.compute = want.compute[w];
      made.compute.uuid.clear();
      add(std::move(made));
    }
  }

  const mig::Gpu& gpu_;
  const GpuCut now_;
  const GpuCut& target_;
  std::size_t left_ = now_.instances.size();  // GPU instances there when the next step begins
  std::vector<Step> steps_;
};

}  // namespace

bool mode_needs_reboot(const mig::Gpu& gpu) {
  return keeps_mode_in_board(gpu) && gpu.virtualization == mig::Virtualization::kPassthrough;
}

std::vector<mig::Process> users_in_the_way(const Step& step, const mig::Gpu& gpu) {
  if (step.stop == Stop::kNothing) return {};
  switch (step.kind) {
    case StepKind::kDestroyCompute: return users_of(gpu, step.at, step.compute.uuid);
    case StepKind::kDestroyInstance: return users_of(gpu, step.at);
    case StepKind::kSetMode:
    case StepKind::kReset: return gpu.processes;
    case StepKind::kCreateInstance:
    case StepKind::kCreateCompute: break;
  }
  std::vector<mig::Process> outside = gpu.processes;
  std::erase_if(outside, [](const mig::Process& process) { return process.gpu_instance; });
  return outside;
}

std::vector<Step> diff(const mig::Gpu& gpu, const GpuCut& target) {
  SEPTET_ASSERT(target.gpu == gpu.index && target.uuid == gpu.uuid);
  SEPTET_ASSERT(target.mode == MigMode::kOn || target.instances.empty());
  return GpuDiff(gpu, target).run();
}

Plan diff(const mig::Node& node, const std::vector<GpuCut>& targets) {
  Plan plan;
  for (const mig::Gpu& gpu : node.gpus) {
    const auto target = std::ranges::find(targets, gpu.index, &GpuCut::gpu);
    if (target == targets.end()) continue;
    plan.from.push_back(cut_of(gpu));
    plan.to.push_back(*target);
    std::ranges::move(diff(gpu, *target), std::back_inserter(plan.steps));
  }
  SEPTET_ASSERT(plan.to.size() == targets.size());
  return plan;
}

bool Plan::needs_reset() const {
  return std::ranges::any_of(steps, [](const Step& step) { return step.stop == Stop::kReset; });
}

bool Plan::needs_reboot() const {
  return std::ranges::any_of(steps, [](const Step& step) { return step.stop == Stop::kReboot; });
}

std::vector<const Step*> Plan::blocked() const {
  std::vector<const Step*> found;
  for (const Step& step : steps) {
    if (step.stop != Stop::kNothing && !step.in_the_way.empty()) found.push_back(&step);
  }
  return found;
}

}  // namespace septet::plan
