// lab/model/power.h — what a GPU draws, and how far its clock falls when that is above the limit.
//
//   P = idle + context + (peak - idle - context) (0.55 SM active + 0.45 DRAM active)
//   clock = (limit / P)^(1/2.2) above the limit, else 1: slices share one clock, so all slow down
//
// Source. reference/performance/model.md, 2. The weights and the exponent are guesses; idle,
// context
//         and limit are the board's (model/gpu.h).
// Limits. Nobody meters power per instance; drawn here from activity of the whole board.
#pragma once

#include "lab/model/gpu.h"

namespace septet::lab {

inline constexpr double kSmPower = 0.55, kDramPower = 0.45;
inline constexpr double kClockExponent = 2.2;

struct Activity {
  double sm = 0;    // of the physical SMs, [0, 1]
  double dram = 0;  // of the memory bandwidth, [0, 1]
};
// Watts that the activity would draw without a limit.
double watts_wanted(const GpuModel& gpu, Activity activity, bool any_context);
// What it draws: never above the limit.
double watts_drawn(const GpuModel& gpu, Activity activity, bool any_context);
// Factor on every time on this GPU, >= 1.
double clock_slowdown(const GpuModel& gpu, Activity activity);

}  // namespace septet::lab
