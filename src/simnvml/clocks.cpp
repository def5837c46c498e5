// simnvml/clocks.cpp — clocks, performance states, and why clocks are low.
//
// Units.  MHz.
// Source. A graphics clock moves in steps of 15 MHz between 210 MHz and the board's highest
//         (recorded on A100; elsewhere an estimate). The boards have one memory clock and stay in
//         P0.
#include <algorithm>

#include "simnvml/abi/events.h"
#include "simnvml/abi/prototypes_clocks_and_power.h"
#include "simnvml/call.h"
#include "simnvml/load.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

namespace {

constexpr unsigned kLowestMhz = 210, kStepMhz = 15;

enum class Which : std::uint8_t { kNow, kHighest };

// The video clock has no model.
nvmlReturn_t clock_of(const View& view, nvmlClockType_t type, Which which, unsigned int* out) {
  const sim::Telemetry now = telemetry_of(view);
  const bool highest = which == Which::kHighest;
  if (type == NVML_CLOCK_VIDEO) return NVML_ERROR_NOT_SUPPORTED;
  if (type == NVML_CLOCK_MEM) {
    *out = highest ? now.memory_clock_max_mhz : now.memory_clock_mhz;
  } else {
    *out = highest ? now.sm_clock_max_mhz : now.sm_clock_mhz;
  }
  return NVML_SUCCESS;
}

nvmlReturn_t clock(CallName name, nvmlDevice_t device, nvmlClockType_t type, Which which,
                   unsigned int* out) {
  return on_gpu(name, device, given(out) && type < NVML_CLOCK_COUNT,
                [&](const View& view) { return clock_of(view, type, which, out); });
}

nvmlReturn_t performance_state(CallName name, nvmlDevice_t device, nvmlPstates_t* state) {
  return on_gpu(name, device, given(state), [&](const View&) {
    *state = NVML_PSTATE_0;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t current_reasons(CallName name, nvmlDevice_t device, unsigned long long* reasons) {
  return on_gpu(name, device, given(reasons), [&](const View& view) {
    const bool idle = sim::gpu_load(view.node, view.at.gpu).sm_percent == 0;
    *reasons = idle ? nvmlClocksEventReasonGpuIdle : nvmlClocksEventReasonNone;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t supported_reasons(CallName name, nvmlDevice_t device, unsigned long long* reasons) {
  return on_gpu(name, device, given(reasons), [&](const View&) {
    *reasons = nvmlClocksEventReasonAll;
    return NVML_SUCCESS;
  });
}

// Gives the first `wanted` of clock_at(0), clock_at(1) ... under NVML's rule for lists: the count
// comes back as what there is, and a buffer that is too small stays untouched.
template <typename ClockAt>
nvmlReturn_t give_clocks(unsigned there, unsigned capacity, unsigned int* count, unsigned int* out,
                         const ClockAt& clock_at) {
  *count = there;
  if (capacity < there || (out == nullptr && there != 0)) return NVML_ERROR_INSUFFICIENT_SIZE;
  for (unsigned i = 0; i < there; ++i) out[i] = clock_at(i);
  return NVML_SUCCESS;
}

}  // namespace

nvmlReturn_t nvmlDeviceGetClockInfo(nvmlDevice_t device, nvmlClockType_t type, unsigned int* out) {
  return clock(__func__, device, type, Which::kNow, out);
}
nvmlReturn_t nvmlDeviceGetMaxClockInfo(nvmlDevice_t device, nvmlClockType_t type,
                                       unsigned int* out) {
  return clock(__func__, device, type, Which::kHighest, out);
}
nvmlReturn_t nvmlDeviceGetApplicationsClock(nvmlDevice_t device, nvmlClockType_t type,
                                            unsigned int* out) {
  return clock(__func__, device, type, Which::kHighest, out);
}
nvmlReturn_t nvmlDeviceGetDefaultApplicationsClock(nvmlDevice_t device, nvmlClockType_t type,
                                                   unsigned int* out) {
  return clock(__func__, device, type, Which::kHighest, out);
}

nvmlReturn_t nvmlDeviceGetClock(nvmlDevice_t device, nvmlClockType_t type, nvmlClockId_t id,
                                unsigned int* out) {
  const bool valid = type < NVML_CLOCK_COUNT && id < NVML_CLOCK_ID_COUNT;
  const Which which = id == NVML_CLOCK_ID_CURRENT ? Which::kNow : Which::kHighest;
  return on_gpu(__func__, device, given(out) && valid,
                [&](const View& view) { return clock_of(view, type, which, out); });
}

nvmlReturn_t nvmlDeviceGetSupportedMemoryClocks(nvmlDevice_t device, unsigned int* count,
                                                unsigned int* out) {
  const unsigned capacity = count == nullptr ? 0 : *count;
  return on_gpu(__func__, device, given(count), [&](const View& view) {
    const unsigned only = telemetry_of(view).memory_clock_max_mhz;
    return give_clocks(only == 0 ? 0 : 1, capacity, count, out, [&](unsigned) { return only; });
  });
}

nvmlReturn_t nvmlDeviceGetSupportedGraphicsClocks(nvmlDevice_t device, unsigned int memory_mhz,
                                                  unsigned int* count, unsigned int* out) {
  const unsigned capacity = count == nullptr ? 0 : *count;
  return on_gpu(__func__, device, given(count), [&](const View& view) {
    const sim::Telemetry now = telemetry_of(view);
    if (memory_mhz != now.memory_clock_max_mhz) return NVML_ERROR_NOT_FOUND;
    const unsigned highest = std::max(now.sm_clock_max_mhz, kLowestMhz);
    return give_clocks((highest - kLowestMhz) / kStepMhz + 1, capacity, count, out,
                       [&](unsigned i) { return highest - i * kStepMhz; });
  });
}

// The node keeps no clocks that users set: there is nothing to put back, and nothing can be set.
nvmlReturn_t nvmlDeviceSetApplicationsClocks(nvmlDevice_t device, unsigned int, unsigned int) {
  return always(__func__, device, true, NVML_ERROR_NOT_SUPPORTED);
}
nvmlReturn_t nvmlDeviceResetApplicationsClocks(nvmlDevice_t device) {
  return always(__func__, device, true, NVML_SUCCESS);
}

nvmlReturn_t nvmlDeviceGetPerformanceState(nvmlDevice_t device, nvmlPstates_t* state) {
  return performance_state(__func__, device, state);
}
nvmlReturn_t nvmlDeviceGetPowerState(nvmlDevice_t device, nvmlPstates_t* state) {
  return performance_state(__func__, device, state);
}

nvmlReturn_t nvmlDeviceGetCurrentClocksEventReasons(nvmlDevice_t device,
                                                    unsigned long long* reasons) {
  return current_reasons(__func__, device, reasons);
}
nvmlReturn_t nvmlDeviceGetCurrentClocksThrottleReasons(nvmlDevice_t device,
                                                       unsigned long long* reasons) {
  return current_reasons(__func__, device, reasons);
}
nvmlReturn_t nvmlDeviceGetSupportedClocksEventReasons(nvmlDevice_t device,
                                                      unsigned long long* reasons) {
  return supported_reasons(__func__, device, reasons);
}
nvmlReturn_t nvmlDeviceGetSupportedClocksThrottleReasons(nvmlDevice_t device,
                                                         unsigned long long* reasons) {
  return supported_reasons(__func__, device, reasons);
}
