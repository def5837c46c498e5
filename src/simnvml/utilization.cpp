// simnvml/utilization.cpp — how busy a GPU is. A GPU cut into instances does not say (rules R11;
// its instances are measured by GPM).
//
// Units. Percent; sampling periods and time stamps in microseconds.
#include <optional>

#include "simnvml/abi/prototypes_usage.h"
#include "simnvml/call.h"
#include "simnvml/load.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

namespace {

constexpr unsigned kSamplingPeriodUs = 167'000;  // a sixth of a second, the driver's own

// A pretend workload uses no media engine.
nvmlReturn_t idle_engine(CallName name, nvmlDevice_t device, unsigned int* percent,
                         unsigned int* period_us) {
  return on_gpu(name, device, given(percent, period_us), [&](const View& view) {
    if (view.gpu.mig_current != 0) return NVML_ERROR_NOT_SUPPORTED;
    *percent = 0;
    *period_us = kSamplingPeriodUs;
    return NVML_SUCCESS;
  });
}

// nullopt: not kept, or not of a GPU cut into instances.
std::optional<unsigned> sample_of(const View& view, nvmlSamplingType_t type) {
  const bool cut = view.gpu.mig_current != 0;
  const sim::Load load = sim::gpu_load(view.node, view.at.gpu);
  const sim::Telemetry now = telemetry_of(view);
  switch (type) {
    case NVML_TOTAL_POWER_SAMPLES: return now.power_mw;
    case NVML_PROCESSOR_CLK_SAMPLES: return now.sm_clock_mhz;
    case NVML_MEMORY_CLK_SAMPLES: return now.memory_clock_mhz;
    case NVML_GPU_UTILIZATION_SAMPLES: return cut ? std::nullopt : std::optional(load.sm_percent);
    case NVML_MEMORY_UTILIZATION_SAMPLES:
      return cut ? std::nullopt : std::optional(load.memory_percent);
    case NVML_ENC_UTILIZATION_SAMPLES:
    case NVML_DEC_UTILIZATION_SAMPLES:
    case NVML_JPG_UTILIZATION_SAMPLES:
    case NVML_OFA_UTILIZATION_SAMPLES: return cut ? std::nullopt : std::optional(0u);
    case NVML_MODULE_POWER_SAMPLES:
    case NVML_SAMPLINGTYPE_COUNT: return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

nvmlReturn_t nvmlDeviceGetUtilizationRates(nvmlDevice_t device, nvmlUtilization_t* out) {
  return on_gpu(__func__, device, given(out), [&](const View& view) {
    if (view.gpu.mig_current != 0) return NVML_ERROR_NOT_SUPPORTED;
    const sim::Load load = sim::gpu_load(view.node, view.at.gpu);
    out->gpu = load.sm_percent;
    out->memory = load.memory_percent;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetEncoderUtilization(nvmlDevice_t device, unsigned int* percent,
                                             unsigned int* period_us) {
  return idle_engine(__func__, device, percent, period_us);
}
nvmlReturn_t nvmlDeviceGetDecoderUtilization(nvmlDevice_t device, unsigned int* percent,
                                             unsigned int* period_us) {
  return idle_engine(__func__, device, percent, period_us);
}
nvmlReturn_t nvmlDeviceGetJpgUtilization(nvmlDevice_t device, unsigned int* percent,
                                         unsigned int* period_us) {
  return idle_engine(__func__, device, percent, period_us);
}
nvmlReturn_t nvmlDeviceGetOfaUtilization(nvmlDevice_t device, unsigned int* percent,
                                         unsigned int* period_us) {
  return idle_engine(__func__, device, percent, period_us);
}

nvmlReturn_t nvmlDeviceGetEncoderStats(nvmlDevice_t device, unsigned int* sessions,
                                       unsigned int* fps, unsigned int* latency) {
  return on_gpu(__func__, device, given(sessions, fps, latency), [&](const View&) {
    *sessions = *fps = *latency = 0;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetFBCStats(nvmlDevice_t device, nvmlFBCStats_t* stats) {
  return on_gpu(__func__, device, given(stats), [&](const View&) {
    *stats = {};
    return NVML_SUCCESS;
  });
}

// The node keeps no history: there is always exactly one sample, taken now.
nvmlReturn_t nvmlDeviceGetSamples(nvmlDevice_t device, nvmlSamplingType_t type,
                                  unsigned long long last_seen_us, nvmlValueType_t* value_type,
                                  unsigned int* count, nvmlSample_t* samples) {
  const unsigned long long now_us = now_ns() / 1000;
  const bool room = samples == nullptr || (count != nullptr && *count > 0);
  const bool arguments_given = given(value_type, count) && room && type < NVML_SAMPLINGTYPE_COUNT;
  return on_gpu(__func__, device, arguments_given, [&](const View& view) {
    const auto sample = sample_of(view, type);
    if (!sample) return NVML_ERROR_NOT_SUPPORTED;
    if (now_us <= last_seen_us) return NVML_ERROR_NOT_FOUND;
    *value_type = NVML_VALUE_TYPE_UNSIGNED_INT;
    *count = 1;
    if (samples == nullptr) return NVML_SUCCESS;
    samples[0].timeStamp = now_us;
    samples[0].sampleValue.ullVal = 0;
    samples[0].sampleValue.uiVal = *sample;
    return NVML_SUCCESS;
  });
}
