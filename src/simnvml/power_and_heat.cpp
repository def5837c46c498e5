// simnvml/power_and_heat.cpp — power, energy, temperature, fans.
//
// Units.  Milliwatts, millijoules, degrees Celsius.
// Source. Temperature limits are A100's, for every board (estimate). The power limit cannot be
//         changed here, so its range is the limit itself.
#include <array>

#include "simnvml/abi/prototypes_clocks_and_power.h"
#include "simnvml/call.h"
#include "simnvml/load.h"

using namespace septet::simnvml;
namespace sim = septet::driver::simulated;

namespace {

nvmlReturn_t from_telemetry(CallName name, nvmlDevice_t device, unsigned int* out,
                            std::uint32_t sim::Telemetry::*number) {
  return on_gpu(name, device, given(out), [&](const View& view) {
    *out = telemetry_of(view).*number;
    return NVML_SUCCESS;
  });
}

}  // namespace

nvmlReturn_t nvmlDeviceGetPowerUsage(nvmlDevice_t device, unsigned int* out) {
  return from_telemetry(__func__, device, out, &sim::Telemetry::power_mw);
}
nvmlReturn_t nvmlDeviceGetPowerManagementLimit(nvmlDevice_t device, unsigned int* out) {
  return from_telemetry(__func__, device, out, &sim::Telemetry::power_limit_mw);
}
nvmlReturn_t nvmlDeviceGetPowerManagementDefaultLimit(nvmlDevice_t device, unsigned int* out) {
  return from_telemetry(__func__, device, out, &sim::Telemetry::power_limit_mw);
}
nvmlReturn_t nvmlDeviceGetEnforcedPowerLimit(nvmlDevice_t device, unsigned int* out) {
  return from_telemetry(__func__, device, out, &sim::Telemetry::power_limit_mw);
}

nvmlReturn_t nvmlDeviceGetPowerManagementLimitConstraints(nvmlDevice_t device, unsigned int* low,
                                                          unsigned int* high) {
  return on_gpu(__func__, device, given(low, high), [&](const View& view) {
    *low = *high = telemetry_of(view).power_limit_mw;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetPowerManagementMode(nvmlDevice_t device, nvmlEnableState_t* mode) {
  return on_gpu(__func__, device, given(mode), [&](const View&) {
    *mode = NVML_FEATURE_ENABLED;
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetTotalEnergyConsumption(nvmlDevice_t device, unsigned long long* energy) {
  const std::uint64_t now = now_ns();
  return on_gpu(__func__, device, given(energy), [&](const View& view) {
    *energy = sim::energy_mj(view.node, view.at.gpu, now);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetTemperature(nvmlDevice_t device, nvmlTemperatureSensors_t sensor,
                                      unsigned int* out) {
  return on_gpu(__func__, device, given(out) && sensor < NVML_TEMPERATURE_COUNT,
                [&](const View& view) {
                  *out = telemetry_of(view).temperature_c;
                  return NVML_SUCCESS;
                });
}

nvmlReturn_t nvmlDeviceGetTemperatureV(nvmlDevice_t device, nvmlTemperature_t* out) {
  return on_gpu(__func__, device, given(out), [&](const View& view) {
    if (out->version != nvmlTemperature_v1) return NVML_ERROR_ARGUMENT_VERSION_MISMATCH;
    if (out->sensorType >= NVML_TEMPERATURE_COUNT) return NVML_ERROR_INVALID_ARGUMENT;
    out->temperature = static_cast<int>(telemetry_of(view).temperature_c);
    return NVML_SUCCESS;
  });
}

nvmlReturn_t nvmlDeviceGetTemperatureThreshold(nvmlDevice_t device,
                                               nvmlTemperatureThresholds_t threshold,
                                               unsigned int* out) {
  // In the order of nvmlTemperatureThresholds_t: shutdown, slowdown, memory, GPU.
  static constexpr std::array<unsigned, 4> kLimits = {92, 89, 95, 85};
  return on_gpu(__func__, device, given(out) && threshold < NVML_TEMPERATURE_THRESHOLD_COUNT,
                [&](const View&) {
                  if (threshold >= kLimits.size()) return NVML_ERROR_NOT_SUPPORTED;
                  *out = kLimits[threshold];
                  return NVML_SUCCESS;
                });
}

// The boards are cooled by the server's fans.
nvmlReturn_t nvmlDeviceGetFanSpeed(nvmlDevice_t device, unsigned int* speed) {
  return always(__func__, device, given(speed), NVML_ERROR_NOT_SUPPORTED);
}
