// How busy an instance was between two looks at it (GPM).
#include <algorithm>
#include <cmath>

#include "driver/nvml/read_gpu.h"

namespace septet::driver::nvml {
namespace {

// NVML_GPM_METRIC_*: each in percent of the time between the samples.
constexpr Uint kEngineActivity = 1, kSmActivity = 2, kMemoryActivity = 10;
constexpr std::uint32_t kWholeGpu = kNoInstance;

std::optional<std::uint32_t> percent(const GpmMetric& metric) {
  if (metric.status != kSuccess || !std::isfinite(metric.value)) return std::nullopt;
  return static_cast<std::uint32_t>(std::lround(std::clamp(metric.value, 0.0, 100.0)));
}

void fill(const Calls& calls, Sample before, Sample now, mig::Usage& usage) {
  GpmMetricsGet request;  // not zeroed: only `count` entries are read
  request.version = 1;
  request.count = 3;
  request.first = before;
  request.second = now;
  request.metrics[0] = GpmMetric{kSmActivity, kNotSupported, 0, nullptr, nullptr, nullptr};
  request.metrics[1] = GpmMetric{kMemoryActivity, kNotSupported, 0, nullptr, nullptr, nullptr};
  request.metrics[2] = GpmMetric{kEngineActivity, kNotSupported, 0, nullptr, nullptr, nullptr};
  if (calls.gpm_metrics(&request) != kSuccess) return;
  usage.sm_percent = percent(request.metrics[0]);
  usage.memory_percent = percent(request.metrics[1]);
  usage.engine_percent = percent(request.metrics[2]);
}

}  // namespace

ActivityMeter::~ActivityMeter() {
  for (const auto& [key, sample] : previous_) (void)calls_.gpm_free(sample);  // going away anyway
}

Sample ActivityMeter::take(Device gpu, std::optional<std::uint32_t> gpu_instance) {
  Sample sample = nullptr;
  if (calls_.gpm_alloc(&sample) != kSuccess) return nullptr;
  const int status = gpu_instance ? calls_.gpm_mig_sample(gpu, *gpu_instance, sample)
                                  : calls_.gpm_sample(gpu, sample);
  if (status == kSuccess) return sample;
  (void)calls_.gpm_free(sample);  // nothing to do about a failed free
  return nullptr;
}

void ActivityMeter::read(const Session& session, Device gpu, std::uint32_t index,
                         std::optional<std::uint32_t> gpu_instance, mig::Usage& usage) {
  if (usage.sm_percent) return;  // the driver said it already
  Sample now = take(gpu, gpu_instance);
  if (now == nullptr) return;
  Sample& previous = previous_[{index, gpu_instance.value_or(kWholeGpu)}];
  if (previous != nullptr) {
    fill(calls_, previous, now, usage);
    (void)calls_.gpm_free(previous);  // nothing to do about a failed free
  } else if (session.simulated) {
    if (Sample later = take(gpu, gpu_instance)) {
      fill(calls_, now, later, usage);
      (void)calls_.gpm_free(now);  // nothing to do about a failed free
      now = later;
    }
  }
  previous = now;
}

}  // namespace septet::driver::nvml
