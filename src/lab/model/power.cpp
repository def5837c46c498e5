#include "lab/model/power.h"

#include <algorithm>
#include <cmath>

namespace septet::lab {

double watts_wanted(const GpuModel& gpu, Activity activity, bool any_context) {
  if (!any_context) return gpu.idle_w.value;
  const double still = gpu.idle_w.value + gpu.context_w.value;
  const double sm = std::clamp(activity.sm, 0.0, 1.0);
  const double dram = std::clamp(activity.dram, 0.0, 1.0);
  return still + (gpu.peak_w.value - still) * (kSmPower * sm + kDramPower * dram);
}

double watts_drawn(const GpuModel& gpu, Activity activity, bool any_context) {
  return std::min(gpu.limit_w.value, watts_wanted(gpu, activity, any_context));
}

double clock_slowdown(const GpuModel& gpu, Activity activity) {
  const double over = watts_wanted(gpu, activity, true) / gpu.limit_w.value;
  return over <= 1.0 ? 1.0 : std::pow(over, 1.0 / kClockExponent);
}

}  // namespace septet::lab
