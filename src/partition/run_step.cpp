#include "partition/run_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace septet::partition {

namespace {

using mig::MigMode;
using plan::Step;
using plan::StepKind;

constexpr unsigned kReads = 3;
constexpr const char* kSomebodyElse = "somebody else changes this GPU; plan again";

const mig::GpuInstance* find(const mig::Gpu& gpu, const Step& step) {
  const auto found = std::ranges::find_if(gpu.instances, [&step](const mig::GpuInstance& instance) {
    return instance.profile_id == step.profile_id && instance.at == step.at;
  });
  return found == gpu.instances.end() ? nullptr : &*found;
}

// The instance, which must be there.
Result<const mig::GpuInstance*> need(const mig::Gpu& gpu, const Step& step) {
  const mig::GpuInstance* const instance = find(gpu, step);
  if (instance != nullptr) return instance;
  return fail(Code::kConflict, fmt::format("{} at {} is no longer there", step.name, step.at.start),
              kSomebodyElse);
}

const mig::ComputeInstance* find_compute(const mig::GpuInstance& instance,
                                         const std::string& uuid) {
  const auto found = std::ranges::find(instance.compute, uuid, &mig::ComputeInstance::uuid);
  return found == instance.compute.end() ? nullptr : &*found;
}

MigMode mode_of(const Step& step) { return step.mode_on ? MigMode::kOn : MigMode::kOff; }

// What the step must find idle, in words.
std::string subject_of(const Step& step) {
  switch (step.kind) {
    case StepKind::kDestroyCompute: return step.compute.name;
    case StepKind::kDestroyInstance: return step.name;
    case StepKind::kSetMode:
    case StepKind::kReset:
    case StepKind::kCreateInstance:
    case StepKind::kCreateCompute: return fmt::format("GPU {}", step.gpu);
  }
  std::unreachable();
}

Error in_use(const Step& step, const std::vector<mig::Process>& users) {
  return {Code::kBusy, fmt::format("{} is in use by {}", subject_of(step), plan::who(users)),
          "stop it, or wait until it ends", 0, nullptr};
}

// A change of mode ends every instance: all that the plan knew of are destroyed by then.
Result<> need_empty(const Step& step, const mig::Gpu& gpu) {
  if (step.stop == plan::Stop::kNothing || gpu.instances.empty()) return {};
  return fail(Code::kConflict,
              fmt::format("somebody else created {} at {} meanwhile", gpu.instances[0].name,
                          gpu.instances[0].at.start),
              kSomebodyElse);
}

}  // namespace

// Not tried again: what is there now may be somebody else's, and looks the same.
Error StepRun::undone(const char* otherwise) const {
  return {Code::kConflict, fmt::format("the driver reported success, but {}", otherwise),
          kSomebodyElse, 0, nullptr};
}

// Notes what an answer of the driver says about the GPU.
template <typename T>
Result<T> StepRun::asked(Result<T> answer) {
  const bool gone_before = !answer && step_.destroys() && answer.error().code == Code::kNotFound;
  if (answer || !(refused_outright(answer.error()) || gone_before)) touched_ = true;
  if (answer) acknowledged_ = true;
  return answer;
}

// The compute instance that this step made: of its profile and place, and not there before.
const mig::ComputeInstance* StepRun::made_in(const mig::Gpu& gpu) const {
  const mig::GpuInstance* const holder = find(gpu, step_);
  if (holder == nullptr || !compute_before_) return nullptr;
  for (const mig::ComputeInstance& compute : holder->compute) {
    if (compute.profile_id != step_.compute.profile_id) continue;
    if (step_.compute.at && compute.at != *step_.compute.at) continue;
    if (std::ranges::find(*compute_before_, compute.uuid) == compute_before_->end())
      return &compute;
  }
  return nullptr;
}

bool StepRun::in_force(const mig::Gpu& gpu) const {
  switch (step_.kind) {
    case StepKind::kDestroyCompute: {
      const auto* const holder = find(gpu, step_);
      return holder == nullptr || find_compute(*holder, step_.compute.uuid) == nullptr;
    }
    case StepKind::kDestroyInstance: return find(gpu, step_) == nullptr;
    case StepKind::kCreateInstance: return find(gpu, step_) != nullptr;
    case StepKind::kCreateCompute: return made_in(gpu) != nullptr;
    case StepKind::kSetMode:
      return gpu.pending == mode_of(step_) && (step_.at_reset || gpu.mode == mode_of(step_));
    case StepKind::kReset: return gpu.mode == mode_of(step_);
  }
  std::unreachable();
}

Result<> StepRun::clear_the_way(const mig::Gpu& before) {
  const auto users = plan::users_in_the_way(step_, before);
  if (users.empty()) return {};
  if (!options_.forced) return std::unexpected(in_use(step_, users));
  TRY(options_.evict(users, options_.patience));
  const auto after = TRY(look(driver_, step_.gpu, options_.patience));
  const auto left = plan::users_in_the_way(step_, after);
  if (!left.empty()) return std::unexpected(in_use(step_, left));
  return {};
}

Result<> StepRun::read_back(const char* otherwise) {
  const auto after = TRY(look(driver_, step_.gpu, options_.patience));
  if (const auto* const made = made_in(after)) made_ = made->uuid;
  if (in_force(after)) return {};
  return std::unexpected(undone(otherwise));
}

Result<> StepRun::destroy_instance(const mig::Gpu& before) {
  const auto* const instance = TRY(need(before, step_));
  TRY(clear_the_way(before));
  TRY(asked(driver_.destroy_gpu_instance({step_.gpu, instance->id})));
  return read_back("the instance is still there");
}

Result<> StepRun::destroy_compute(const mig::Gpu& before) {
  const auto* const instance = TRY(need(before, step_));
  const auto* const compute = find_compute(*instance, step_.compute.uuid);
  if (compute == nullptr) {
    return fail(Code::kConflict, fmt::format("{} is no longer there", step_.compute.uuid),
                kSomebodyElse);
  }
  TRY(clear_the_way(before));
  TRY(asked(driver_.destroy_compute_instance({step_.gpu, instance->id}, compute->id)));
  return read_back("the compute instance is still there");
}

Result<> StepRun::create_instance(const mig::Gpu& before) {
  if (find(before, step_) != nullptr) {
    return fail(Code::kConflict,
                fmt::format("somebody else created {} at {} meanwhile", step_.name, step_.at.start),
                kSomebodyElse);
  }
  TRY(clear_the_way(before));
  (void)TRY(asked(driver_.create_gpu_instance(step_.gpu, step_.profile_id, step_.at)));
  return read_back("the instance is not there");
}

Result<> StepRun::create_compute(const mig::Gpu& before) {
  const auto* const instance = TRY(need(before, step_));
  (void)TRY(asked(driver_.create_compute_instance({step_.gpu, instance->id},
                                                  step_.compute.profile_id, step_.compute.at)));
  return read_back("the compute instance is not there");
}

Result<> StepRun::set_mode(const mig::Gpu& before) {
  TRY(need_empty(step_, before));
  TRY(clear_the_way(before));
  const auto change = TRY(asked(driver_.set_mig_mode(step_.gpu, step_.mode_on)));
  if (change.pending != mode_of(step_)) {
    return std::unexpected(driver::driver_error(
        change.activation_status, fmt::format("MIG mode of GPU {} did not change", step_.gpu)));
  }
  const auto after = TRY(look(driver_, step_.gpu, options_.patience));
  if (in_force(after)) return {};
  if (after.pending != mode_of(step_)) {
    return fail(Code::kUnavailable, "the driver reported success, but the mode is as before");
  }
  if (change.activation_status != 0) {
    return std::unexpected(driver::driver_error(
        change.activation_status, fmt::format("the mode of GPU {} is not in force", step_.gpu)));
  }
  return fail(Code::kNeedsReset, fmt::format("the mode of GPU {} waits for a reset", step_.gpu),
              "septet took this board for one that needs none; reset it and plan again");
}

Result<> StepRun::reset(const mig::Gpu& before) {
  if (step_.stop == plan::Stop::kReboot)
    return fail(Code::kNeedsReset, "the GPU may not be reset from inside a virtual machine",
                "reboot the node, then septet apply --boot");
  TRY(need_empty(step_, before));
  TRY(clear_the_way(before));
  TRY(asked(driver_.reset(step_.gpu)));
  return read_back("its MIG mode is as before");
}

Result<> StepRun::take() {
  const auto before = TRY(look(driver_, step_.gpu, options_.patience));
  if (step_.kind == StepKind::kCreateCompute && !compute_before_) {
    compute_before_.emplace();
    if (const auto* const holder = find(before, step_)) {
      for (const auto& compute : holder->compute) compute_before_->push_back(compute.uuid);
    }
  }
  if (touched_ && in_force(before)) {
    if (const auto* const made = made_in(before)) made_ = made->uuid;
    return {};
  }
  if (acknowledged_ && step_.kind != StepKind::kSetMode)
    return std::unexpected(undone("it is not in force"));
  switch (step_.kind) {
    case StepKind::kDestroyCompute: return destroy_compute(before);
    case StepKind::kDestroyInstance: return destroy_instance(before);
    case StepKind::kSetMode: return set_mode(before);
    case StepKind::kReset: return reset(before);
    case StepKind::kCreateInstance: return create_instance(before);
    case StepKind::kCreateCompute: return create_compute(before);
  }
  std::unreachable();
}

Result<> StepRun::attempt() {
  auto done = take();
  if (!done) return fail_because(std::move(done).error(), plan::to_string(step_));
  done_ = true;
  return {};
}

Step StepRun::as_done() const {
  Step done = step_;
  if (step_.kind == StepKind::kCreateCompute) done.compute.uuid = made_;
  return done;
}

Result<mig::Gpu> look(driver::Driver& driver, std::uint32_t gpu, const Patience& patience) {
  for (unsigned reads = 1;; ++reads) {
    auto seen = driver.observe_gpu(gpu);
    if (seen && seen->problem) {
      seen = fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu, *seen->problem));
    }
    if (seen || reads == kReads) return seen;
    patience.wait_after(reads);
  }
}

}  // namespace septet::partition
