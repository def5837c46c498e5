// simnvml/memory.cpp — how much memory there is and who has it.
//
// Units. The node counts MiB, NVML bytes.
#include "simnvml/abi/prototypes_confidential.h"
#include "simnvml/abi/prototypes_memory_and_ecc.h"
#include "simnvml/call.h"
#include "simnvml/load.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

namespace {

constexpr unsigned long long kMiB = 1024 * 1024;

unsigned long long left(std::uint64_t total, std::uint64_t taken) {
  return taken < total ? (total - taken) * kMiB : 0;
}

}  // namespace

// The first form knows no reserved memory: what the driver keeps for itself counts as used.
nvmlReturn_t nvmlDeviceGetMemoryInfo(nvmlDevice_t device, nvmlMemory_t* memory) {
  return on_device(__func__, device, given(memory), [&](const View& view) {
    const sim::Load load = memory_of(view);
    memory->total = load.memory_total_mib * kMiB;
    memory->used = load.memory_used_mib * kMiB;
    memory->free = left(load.memory_total_mib, load.memory_used_mib);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetMemoryInfo_v2(nvmlDevice_t device, nvmlMemory_v2_t* memory) {
  return on_device(__func__, device, given(memory), [&](const View& view) {
    if (memory->version != nvmlMemory_v2) return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    const sim::Load load = memory_of(view);
    memory->total = load.memory_total_mib * kMiB;
    memory->reserved = load.memory_reserved_mib * kMiB;
    memory->used = left(load.memory_used_mib, load.memory_reserved_mib);
    memory->free = left(load.memory_total_mib, load.memory_used_mib);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetBAR1MemoryInfo(nvmlDevice_t device, nvmlBAR1Memory_t* bar1) {
  return on_device(__func__, device, given(bar1), [&](const View& view) {
    const sim::Load load = memory_of(view);
    bar1->bar1Total = load.bar1_total_mib * kMiB;
    bar1->bar1Used = load.bar1_used_mib * kMiB;
    bar1->bar1Free = left(load.bar1_total_mib, load.bar1_used_mib);
    return NVML_SUCCESS;
  });
}

// No product file holds it.
nvmlReturn_t nvmlDeviceGetMemoryBusWidth(nvmlDevice_t device, unsigned int* width) {
  return always(__func__, device, given(width), NVML_ERROR_NOT_SUPPORTED);
}

// Confidential computing is off, so none of the memory is protected.
nvmlReturn_t nvmlDeviceGetConfComputeProtectedMemoryUsage(nvmlDevice_t device,
                                                          nvmlMemory_t* memory) {
  return on_gpu(__func__, device, given(memory), [&](const View&) {
    *memory = {};
    return NVML_SUCCESS;
  });
}
