// driver/simulated/mig_mode.cpp — MIG mode, and what a reset, a driver restart and a reboot leave
// of it (R7).
//
//   Ampere   wanted -> pending -> (reset | reboot) -> current; kept in the board, survives both
//   later    wanted -> current at once; lives as long as the driver is loaded
#include "driver/simulated/admission.h"
#include "driver/simulated/machine.h"

namespace septet::driver::simulated {

namespace {

bool keeps_mode_in_board(const GpuState& gpu) {
  return product_of(gpu).architecture == mig::Architecture::kAmpere;
}

// What stands between the pending mode and the GPU now.
Status obstacle(const NodeState& node, std::uint32_t gpu) {
  const GpuState& state = node.gpus[gpu];
  if (keeps_mode_in_board(state) && state.passthrough != 0) return Status::kNotSupported;
  if (has_clients(node, gpu) || has_instances(state)) return Status::kInUse;
  return keeps_mode_in_board(state) ? Status::kResetRequired : Status::kSuccess;
}

void drop_processes(NodeState& node, std::uint32_t gpu) {
  for (ProcessState& process : node.processes) {
    if (process.pid != 0 && process.gpu == gpu) process = {};
  }
}

void start_afresh(GpuState& gpu) {
  forget_instances(gpu);
  gpu.ecc_corrected_volatile = gpu.ecc_uncorrected_volatile = 0;
}

}  // namespace

ModeAnswer set_mig_mode(NodeState& node, std::uint32_t gpu, bool on) {
  if (const Status status = gpu_answers(node, gpu); status != Status::kSuccess)
    return {status, status};
  GpuState& state = node.gpus[gpu];
  state.mig_pending = on ? 1 : 0;
  if (state.mig_pending == state.mig_current) return {};
  const Status activation = obstacle(node, gpu);
  if (activation == Status::kSuccess) state.mig_current = state.mig_pending;
  return {Status::kSuccess, activation};
}

Status reset_gpu(NodeState& node, std::uint32_t gpu) {
  if (const Status status = gpu_answers(node, gpu); status != Status::kSuccess) return status;
  GpuState& state = node.gpus[gpu];
  if (state.passthrough != 0) return Status::kNotSupported;
  if (has_clients(node, gpu)) return Status::kInUse;
  start_afresh(state);
  state.mig_current = state.mig_pending;
  return Status::kSuccess;
}

void restart_driver(NodeState& node) {
  ++node.driver_load;
  for (std::uint32_t gpu = 0; gpu < node.gpu_count; ++gpu) {
    GpuState& state = node.gpus[gpu];
    drop_processes(node, gpu);  // a driver with clients is not unloaded: they are gone by now
    start_afresh(state);
    if (!keeps_mode_in_board(state)) state.mig_current = state.mig_pending = 0;
  }
}

void reboot(NodeState& node) {
  restart_driver(node);
  ++node.boot;
  for (std::uint32_t gpu = 0; gpu < node.gpu_count; ++gpu) {
    GpuState& state = node.gpus[gpu];
    state.mig_current = state.mig_pending;  // Ampere's; nothing is pending elsewhere
    state.lost = state.drained = 0;
  }
}

}  // namespace septet::driver::simulated
