#include "driver/simulated/simulated_driver.h"

#include "driver/simulated/admission.h"
#include "driver/simulated/fixed_text.h"

namespace septet::driver::simulated {

namespace {

std::string gpu_words(std::uint32_t gpu) { return "GPU " + std::to_string(gpu); }

std::string words(GpuInstanceRef instance) {
  return "GPU instance " + std::to_string(instance.id) + " on " + gpu_words(instance.gpu);
}

[[nodiscard]] std::unexpected<Error> refused(Status status, const std::string& what) {
  return std::unexpected(driver_error(static_cast<int>(status), what));
}

Result<std::uint32_t> answer(const Created& created, const std::string& what) {
  if (created.status != Status::kSuccess) return refused(created.status, what);
  return created.id;
}

Result<> answer(Status status, const std::string& what) {
  if (status != Status::kSuccess) return refused(status, what);
  return {};
}

}  // namespace

SimulatedDriver::SimulatedDriver(const NodeState& node)
    : node_(std::make_unique<NodeState>(node)) {}

Status SimulatedDriver::injected(std::string_view call, std::uint32_t gpu) {
  Status status = Status::kSuccess;
  for (std::uint32_t i = 0; i < kMaxFaults; ++i) {
    const FaultState& fault = node_->faults[i];
    if (!fault_concerns(fault, fault_call_hash(call), gpu)) continue;
    Count& count = counts_[i];
    if (count.serial != fault.serial) count = {fault.serial, 0};
    const Status this_one = fault_answer(fault, ++count.calls);
    if (status == Status::kSuccess) status = this_one;
  }
  return status;
}

Result<mig::Node> SimulatedDriver::observe() {
  const Status fault = injected("nvmlDeviceGetCount_v2", kNone);
  if (fault != Status::kSuccess) return refused(fault, "observe the node");
  mig::Node seen;
  seen.driver_version = text_of(node_->driver_version);
  seen.nvml_version = "13." + seen.driver_version;
  seen.cuda_version = static_cast<int>(node_->cuda_version);
  seen.simulated = true;
  for (std::uint32_t gpu = 0; gpu < node_->gpu_count; ++gpu) {
    const Status status = gpu_answers(*node_, gpu);
    if (status != Status::kSuccess) return refused(status, "observe " + gpu_words(gpu));
    seen.gpus.push_back(describe_gpu(*node_, gpu));
  }
  return seen;
}

Result<mig::Gpu> SimulatedDriver::observe_gpu(std::uint32_t gpu) {
  Status status = injected("nvmlDeviceGetHandleByIndex_v2", gpu);
  if (status == Status::kSuccess) status = gpu_answers(*node_, gpu);
  if (status != Status::kSuccess) return refused(status, "observe " + gpu_words(gpu));
  return describe_gpu(*node_, gpu);
}

Result<ModeChange> SimulatedDriver::set_mig_mode(std::uint32_t gpu, bool on) {
  const std::string what =
      std::string(on ? "enable" : "disable") + " MIG mode on " + gpu_words(gpu);
  ModeAnswer done{injected("nvmlDeviceSetMigMode", gpu), Status::kSuccess};
  if (done.status == Status::kSuccess) done = simulated::set_mig_mode(*node_, gpu, on);
  if (done.status != Status::kSuccess) return refused(done.status, what);
  const GpuState& state = node_->gpus[gpu];
  const auto mode = [](std::uint8_t flag) {
    return flag != 0 ? mig::MigMode::kOn : mig::MigMode::kOff;
  };
  return ModeChange{mode(state.mig_current), mode(state.mig_pending),
                    static_cast<int>(done.activation)};
}

Result<> SimulatedDriver::reset(std::uint32_t gpu) {
  Status status = injected("septetDeviceReset", gpu);
  if (status == Status::kSuccess) status = reset_gpu(*node_, gpu);
  return answer(status, "reset " + gpu_words(gpu));
}

Result<std::uint32_t> SimulatedDriver::create_gpu_instance(std::uint32_t gpu,
                                                           std::uint32_t profile_id,
                                                           std::optional<mig::Placement> at) {
  Created created{injected(
      at ? "nvmlDeviceCreateGpuInstanceWithPlacement" : "nvmlDeviceCreateGpuInstance", gpu)};
  if (created.status == Status::kSuccess)
    created = simulated::create_gpu_instance(*node_, gpu, profile_id, at);
  return answer(created, "create a GPU instance of profile " + std::to_string(profile_id) + " on " +
                             gpu_words(gpu));
}

Result<> SimulatedDriver::destroy_gpu_instance(GpuInstanceRef instance) {
  Status status = injected("nvmlGpuInstanceDestroy", instance.gpu);
  if (status == Status::kSuccess)
    status = simulated::destroy_gpu_instance(*node_, instance.gpu, instance.id);
  return answer(status, "destroy " + words(instance));
}

Result<std::uint32_t> SimulatedDriver::create_compute_instance(GpuInstanceRef instance,
                                                               std::uint32_t profile_id,
                                                               std::optional<mig::Placement> at) {
  Created created{injected(at ? "nvmlGpuInstanceCreateComputeInstanceWithPlacement"
                              : "nvmlGpuInstanceCreateComputeInstance",
                           instance.gpu)};
  if (created.status == Status::kSuccess)
    created = simulated::create_compute_instance(*node_, instance.gpu, instance.id, profile_id, at);
  return answer(created, "create a compute instance of profile " + std::to_string(profile_id) +
                             " in " + words(instance));
}

Result<> SimulatedDriver::destroy_compute_instance(GpuInstanceRef instance, std::uint32_t id) {
  Status status = injected("nvmlComputeInstanceDestroy", instance.gpu);
  if (status == Status::kSuccess)
    status = simulated::destroy_compute_instance(*node_, instance.gpu, instance.id, id);
  return answer(status,
                "destroy compute instance " + std::to_string(id) + " of " + words(instance));
}

Result<std::uint32_t> SimulatedDriver::remaining_capacity(std::uint32_t gpu,
                                                          std::uint32_t profile_id) {
  Created left{injected("nvmlDeviceGetGpuInstanceRemainingCapacity", gpu)};
  if (left.status == Status::kSuccess) left = remaining_gpu_instances(*node_, gpu, profile_id);
  return answer(left, "ask " + gpu_words(gpu) + " what still fits");
}

Result<std::uint32_t> SimulatedDriver::remaining_compute_capacity(GpuInstanceRef instance,
                                                                  std::uint32_t profile_id) {
  Created left{injected("nvmlGpuInstanceGetComputeInstanceRemainingCapacity", instance.gpu)};
  if (left.status == Status::kSuccess)
    left = remaining_compute_instances(*node_, instance.gpu, instance.id, profile_id);
  return answer(left, "ask " + words(instance) + " what still fits");
}

std::unique_ptr<Driver> make_simulated_driver(const NodeState& node) {
  return std::make_unique<SimulatedDriver>(node);
}

}  // namespace septet::driver::simulated
