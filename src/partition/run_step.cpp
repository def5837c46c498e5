#include "partition/run_step.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace septet::partition {

namespace {

using plan::Step;
using plan::StepKind;

constexpr int kReads = 3;

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
              "somebody else changes this GPU; plan again");
}

Result<> need_idle(const std::vector<mig::Process>& users, const std::string& what) {
  if (users.empty()) return {};
  return fail(Code::kBusy, fmt::format("{} is in use by {}", what, plan::who(users)),
              "stop it, or wait until it ends");
}

Result<> destroy_instance(const Step& step, driver::Driver& driver) {
  const auto before = TRY(look(driver, step.gpu));
  const auto* const instance = TRY(need(before, step));
  TRY(need_idle(instance->processes, step.name));
  TRY(driver.destroy_gpu_instance({step.gpu, instance->id}));
  const auto after = TRY(look(driver, step.gpu));
  if (find(after, step) == nullptr) return {};
  return fail(Code::kUnavailable, "the driver reported success, but the instance is still there");
}

const mig::ComputeInstance* find_compute(const mig::GpuInstance& instance,
                                         const std::string& uuid) {
  const auto found = std::ranges::find(instance.compute, uuid, &mig::ComputeInstance::uuid);
  return found == instance.compute.end() ? nullptr : &*found;
}

Result<> destroy_compute(const Step& step, driver::Driver& driver) {
  const auto before = TRY(look(driver, step.gpu));
  const auto* const instance = TRY(need(before, step));
  const auto* const compute = find_compute(*instance, step.compute.uuid);
  if (compute == nullptr) {
    return fail(Code::kConflict, fmt::format("{} is no longer there", step.compute.uuid),
                "somebody else changes this GPU; plan again");
  }
  std::vector<mig::Process> users = instance->processes;
  std::erase_if(users, [compute](const mig::Process& process) {
    return process.compute_instance && *process.compute_instance != compute->id;
  });
  TRY(need_idle(users, step.compute.name));
  TRY(driver.destroy_compute_instance({step.gpu, instance->id}, compute->id));
  const auto after = TRY(look(driver, step.gpu));
  const auto* const left = find(after, step);
  if (left == nullptr || find_compute(*left, step.compute.uuid) == nullptr) return {};
  return fail(Code::kUnavailable,
              "the driver reported success, but the compute instance is still there");
}

Result<> create_instance(const Step& step, driver::Driver& driver) {
  (void)TRY(driver.create_gpu_instance(step.gpu, step.profile_id, step.at));
  const auto after = TRY(look(driver, step.gpu));
  if (find(after, step) != nullptr) return {};
  return fail(Code::kUnavailable, "the driver reported success, but the instance is not there");
}

Result<> create_compute(const Step& step, driver::Driver& driver) {
  const auto before = TRY(look(driver, step.gpu));
  const auto* const instance = TRY(need(before, step));
  const auto id = TRY(driver.create_compute_instance({step.gpu, instance->id},
                                                     step.compute.profile_id, step.compute.at));
  const auto after = TRY(look(driver, step.gpu));
  const auto* const holder = TRY(need(after, step));
  const auto made = std::ranges::find(holder->compute, id, &mig::ComputeInstance::id);
  if (made != holder->compute.end() && made->profile_id == step.compute.profile_id) return {};
  return fail(Code::kUnavailable,
              "the driver reported success, but the compute instance is not there");
}

Result<> need_idle_gpu(const Step& step, driver::Driver& driver) {
  if (step.stop != plan::Stop::kGpuIdle) return {};
  const auto gpu = TRY(look(driver, step.gpu));
  return need_idle(gpu.processes, fmt::format("GPU {}", step.gpu));
}

Result<> set_mode(const Step& step, driver::Driver& driver) {
  TRY(need_idle_gpu(step, driver));
  const auto change = TRY(driver.set_mig_mode(step.gpu, step.mode_on));
  const auto wanted = step.mode_on ? mig::MigMode::kOn : mig::MigMode::kOff;
  if (change.pending != wanted) {
    return std::unexpected(driver::driver_error(
        change.activation_status, fmt::format("MIG mode of GPU {} did not change", step.gpu)));
  }
  const auto after = TRY(look(driver, step.gpu));
  if (after.pending != wanted) {
    return fail(Code::kUnavailable, "the driver reported success, but the mode is as before");
  }
  if (step.at_reset || after.mode == wanted) return {};
  return fail(Code::kNeedsReset, fmt::format("the mode of GPU {} waits for a reset", step.gpu),
              "septet took this board for one that needs none; reset it and plan again");
}

Result<> reset(const Step& step, driver::Driver& driver) {
  TRY(need_idle_gpu(step, driver));
  TRY(driver.reset(step.gpu));
  const auto after = TRY(look(driver, step.gpu));
  if (after.mode == (step.mode_on ? mig::MigMode::kOn : mig::MigMode::kOff)) return {};
  return fail(Code::kUnavailable, "the GPU was reset, but its MIG mode is as before");
}

Result<> run(const Step& step, driver::Driver& driver) {
  switch (step.kind) {
    case StepKind::kDestroyCompute: return destroy_compute(step, driver);
    case StepKind::kDestroyInstance: return destroy_instance(step, driver);
    case StepKind::kSetMode: return set_mode(step, driver);
    case StepKind::kReset: return reset(step, driver);
    case StepKind::kCreateInstance: return create_instance(step, driver);
    case StepKind::kCreateCompute: return create_compute(step, driver);
  }
  std::unreachable();
}

}  // namespace

Result<mig::Gpu> look(driver::Driver& driver, std::uint32_t gpu) {
  for (int reads = 1;; ++reads) {
    auto seen = driver.observe_gpu(gpu);
    if (seen && seen->problem) {
      seen = fail(Code::kUnavailable, fmt::format("GPU {}: {}", gpu, *seen->problem));
    }
    if (seen || reads == kReads) return seen;
  }
}

Result<> run_step(const Step& step, driver::Driver& driver) {
  auto done = run(step, driver);
  if (!done) return fail_because(std::move(done).error(), plan::to_string(step));
  return {};
}

}  // namespace septet::partition
