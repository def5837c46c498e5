// simnvml/processes.cpp — who runs on a GPU or an instance.
//
// Shapes. The unversioned calls fill 16-byte entries, _v2 and _v3 24-byte ones with the instance.
// Buffers. The count comes in as what the buffer holds and goes out as what there is; a buffer that
//          is too small stays untouched. Without a buffer the count alone is answered.
#include <array>
#include <optional>

#include "driver/simulated/process_table.h"
#include "simnvml/abi/prototypes_usage.h"
#include "simnvml/call.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

namespace {

struct Found {
  std::array<sim::ProcessState, sim::kMaxProcesses> processes;
  std::uint32_t count = 0;
};

enum class Kind : std::uint8_t { kCompute, kGraphics, kMps };

// A client of a whole GPU sees every process on it, one of a MIG device those inside it.
bool concerns(const sim::ProcessState& process, const View& view, Kind kind) {
  if (process.pid == 0 || process.gpu != view.at.gpu || kind == Kind::kMps) return false;
  if ((process.graphics != 0) != (kind == Kind::kGraphics)) return false;
  return !view.is_mig_device() ||
         (process.gpu_instance == view.at.gi &&
          (process.compute_instance == view.at.ci || process.compute_instance == sim::kNone));
}

void collect(const View& view, Kind kind, Found& found) {
  found.count = 0;
  for (const sim::ProcessState& process : view.node.processes) {
    if (concerns(process, view, kind)) found.processes[found.count++] = process;
  }
}

// Leaves out what ended without detaching, and makes the node forget it.
void drop_dead(Found& found) {
  std::uint32_t kept = 0;
  for (std::uint32_t i = 0; i < found.count; ++i) {
    if (sim::is_alive(found.processes[i])) found.processes[kept++] = found.processes[i];
  }
  if (kept == found.count) return;
  found.count = kept;
  const Pin session;
  if (!session) return;
  // A node that cannot be written keeps its dead; they are left out here all the same.
  (void)session->file->change([](sim::NodeState& node) {
    forget_the_dead(node);
    return sim::Status::kSuccess;
  });
}

void write(nvmlProcessInfo_v1_t& out, const sim::ProcessState& process) {
  out = {static_cast<unsigned>(process.pid), process.memory_mib * 1024 * 1024};
}
void write(nvmlProcessInfo_v2_t& out, const sim::ProcessState& process) {
  out = {static_cast<unsigned>(process.pid), process.memory_mib * 1024 * 1024, process.gpu_instance,
         process.compute_instance};
}

template <typename Info>
nvmlReturn_t running(CallName name, nvmlDevice_t device, Kind kind, unsigned int* count,
                     Info* infos) {
  const unsigned capacity = count == nullptr ? 0 : *count;
  Found found;
  const nvmlReturn_t answer = on_device(
      name, device, given(count) && (infos != nullptr || capacity == 0), [&](const View& view) {
        collect(view, kind, found);
        return NVML_SUCCESS;
      });
  if (answer != NVML_SUCCESS) return answer;
  drop_dead(found);
  *count = found.count;
  if (found.count > capacity) return NVML_ERROR_INSUFFICIENT_SIZE;
  for (std::uint32_t i = 0; i < found.count; ++i) write(infos[i], found.processes[i]);
  return NVML_SUCCESS;
}

}  // namespace

nvmlReturn_t nvmlDeviceGetComputeRunningProcesses(nvmlDevice_t device, unsigned int* count,
                                                  nvmlProcessInfo_v1_t* infos) {
  return running(__func__, device, Kind::kCompute, count, infos);
}
nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v2(nvmlDevice_t device, unsigned int* count,
                                                     nvmlProcessInfo_v2_t* infos) {
  return running(__func__, device, Kind::kCompute, count, infos);
}
nvmlReturn_t nvmlDeviceGetComputeRunningProcesses_v3(nvmlDevice_t device, unsigned int* count,
                                                     nvmlProcessInfo_t* infos) {
  return running(__func__, device, Kind::kCompute, count, infos);
}
nvmlReturn_t nvmlDeviceGetGraphicsRunningProcesses(nvmlDevice_t device, unsigned int* count,
                                                   nvmlProcessInfo_v1_t* infos) {
  return running(__func__, device, Kind::kGraphics, count, infos);
}
nvmlReturn_t nvmlDeviceGetGraphicsRunningProcesses_v2(nvmlDevice_t device, unsigned int* count,
                                                      nvmlProcessInfo_v2_t* infos) {
  return running(__func__, device, Kind::kGraphics, count, infos);
}
nvmlReturn_t nvmlDeviceGetGraphicsRunningProcesses_v3(nvmlDevice_t device, unsigned int* count,
                                                      nvmlProcessInfo_t* infos) {
  return running(__func__, device, Kind::kGraphics, count, infos);
}
nvmlReturn_t nvmlDeviceGetMPSComputeRunningProcesses(nvmlDevice_t device, unsigned int* count,
                                                     nvmlProcessInfo_v1_t* infos) {
  return running(__func__, device, Kind::kMps, count, infos);
}
nvmlReturn_t nvmlDeviceGetMPSComputeRunningProcesses_v2(nvmlDevice_t device, unsigned int* count,
                                                        nvmlProcessInfo_v2_t* infos) {
  return running(__func__, device, Kind::kMps, count, infos);
}
nvmlReturn_t nvmlDeviceGetMPSComputeRunningProcesses_v3(nvmlDevice_t device, unsigned int* count,
                                                        nvmlProcessInfo_t* infos) {
  return running(__func__, device, Kind::kMps, count, infos);
}

nvmlReturn_t nvmlDeviceGetProcessUtilization(nvmlDevice_t device,
                                             nvmlProcessUtilizationSample_t* samples,
                                             unsigned int* count, unsigned long long last_seen_us) {
  const unsigned capacity = count == nullptr || samples == nullptr ? 0 : *count;
  const unsigned long long now_us = now_ns() / 1000;
  Found found;
  const nvmlReturn_t answer = on_gpu(__func__, device, given(count), [&](const View& view) {
    if (view.gpu.mig_current != 0) return NVML_ERROR_NOT_SUPPORTED;
    collect(view, Kind::kCompute, found);
    return NVML_SUCCESS;
  });
  if (answer != NVML_SUCCESS) return answer;
  drop_dead(found);
  *count = found.count;
  if (found.count == 0 || now_us <= last_seen_us) return NVML_ERROR_NOT_FOUND;
  if (found.count > capacity) return NVML_ERROR_INSUFFICIENT_SIZE;
  for (std::uint32_t i = 0; i < found.count; ++i) {
    const sim::ProcessState& process = found.processes[i];
    samples[i] = {static_cast<unsigned>(process.pid),
                  now_us,
                  process.sm_percent,
                  process.memory_percent,
                  0,
                  0};
  }
  return NVML_SUCCESS;
}
