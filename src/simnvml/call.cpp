#include "simnvml/call.h"

#include <time.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "driver/simulated/process_table.h"

namespace septet::simnvml {

nvmlReturn_t begin(const Pin& session, CallName name, bool arguments_given, std::uint32_t gpu) {
  if (!session) return NVML_ERROR_UNINITIALIZED;
  if (!arguments_given) return NVML_ERROR_INVALID_ARGUMENT;
  return static_cast<nvmlReturn_t>(session->file->injected_fault(name.hash, gpu));
}

nvmlReturn_t check_live(const Session& session, const sim::NodeState& node, const Named& at) {
  if (node.driver_load != session.driver_load) return NVML_ERROR_UNINITIALIZED;
  if (at.gpu >= std::min(node.gpu_count, sim::kMaxGpus)) return NVML_ERROR_INVALID_ARGUMENT;
  const sim::GpuState& gpu = node.gpus[at.gpu];
  if (gpu.lost != 0) return NVML_ERROR_GPU_IS_LOST;
  if (at.gi == sim::kNone) return NVML_SUCCESS;
  const sim::GpuInstanceState& instance = gpu.instances[at.gi];
  const std::uint64_t stamp = at.ci == sim::kNone ? instance.stamp : instance.compute[at.ci].stamp;
  const bool there = instance.stamp != 0 && stamp != 0 && stamp == at.stamp;
  return there ? NVML_SUCCESS : NVML_ERROR_INVALID_ARGUMENT;
}

nvmlReturn_t check_kind(const View& view, Takes takes) {
  switch (takes) {
    case Takes::kAny: return NVML_SUCCESS;
    case Takes::kGpu: return view.is_mig_device() ? NVML_ERROR_NOT_SUPPORTED : NVML_SUCCESS;
    case Takes::kMigParent:
      if (view.is_mig_device()) return NVML_ERROR_INVALID_ARGUMENT;
      return view.board.can_mig() ? NVML_SUCCESS : NVML_ERROR_NOT_SUPPORTED;
    case Takes::kMigDevice: return view.is_mig_device() ? NVML_SUCCESS : NVML_ERROR_NOT_SUPPORTED;
  }
  return NVML_ERROR_UNKNOWN;
}

bool denied(const sim::NodeState& node, std::uint32_t gpu) {
  return std::ranges::any_of(node.faults, [&](const sim::FaultState& fault) {
    return fault.kind == sim::FaultKind::kDenied && fault.call == 0 &&
           (fault.gpu == sim::kNone || fault.gpu == gpu);
  });
}

std::uint64_t now_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000u +
         static_cast<std::uint64_t>(now.tv_nsec);
}

namespace {

void sleep_for(std::uint32_t microseconds) {
  if (microseconds == 0) return;
  timespec left{microseconds / 1'000'000, static_cast<long>(microseconds % 1'000'000) * 1000};
  while (::nanosleep(&left, &left) != 0 && errno == EINTR) {
  }
}

bool any_dead(const sim::NodeState& node) {
  return std::ranges::any_of(node.processes, [](const sim::ProcessState& process) {
    return process.pid != 0 && !sim::is_alive(process);
  });
}

template <typename Handle>
nvmlReturn_t change_handle(const ChangeCall& call, Handle handle, const Change& body) {
  const Pin session;
  const auto at = named_by(handle);
  if (const auto refused =
          begin(session, call.name, call.arguments_given, at ? at->gpu : sim::kNone);
      refused != NVML_SUCCESS) {
    return refused;
  }
  if (!at) return NVML_ERROR_INVALID_ARGUMENT;
  const auto check = [&](const sim::NodeState& node) {
    if (const auto gone = check_live(*session.get(), node, *at); gone != NVML_SUCCESS) return gone;
    const View view{*session.get(), node, node.gpus[at->gpu], session->boards[at->gpu], *at};
    return check_kind(view, call.takes);
  };
  std::uint32_t latency_us = 0;
  const nvmlReturn_t allowed = session->file->read([&](const sim::NodeState& node) {
    latency_us = call.latency == nullptr ? 0 : node.*call.latency;
    return check(node);
  });
  if (allowed != NVML_SUCCESS) return allowed;
  sleep_for(latency_us);
  const auto under_lock = [&](sim::NodeState& node) {
    const nvmlReturn_t still = check(node);
    if (still != NVML_SUCCESS) return static_cast<sim::Status>(still);
    forget_the_dead(node);
    return body(node, *at);
  };
  return static_cast<nvmlReturn_t>(session->file->change(std::ref(under_lock)));
}

}  // namespace

void forget_the_dead(sim::NodeState& node) {
  if (!any_dead(node)) return;
  sim::settle_energy(node, now_ns());
  sim::reap_processes(node, sim::is_alive);
}

nvmlReturn_t change(const ChangeCall& call, nvmlDevice_t device, const Change& body) {
  return change_handle(call, device, body);
}
nvmlReturn_t change(const ChangeCall& call, nvmlGpuInstance_t instance, const Change& body) {
  return change_handle(call, instance, body);
}
nvmlReturn_t change(const ChangeCall& call, nvmlComputeInstance_t compute, const Change& body) {
  return change_handle(call, compute, body);
}

}  // namespace septet::simnvml
