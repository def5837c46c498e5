// lab/model/reconfiguration.h — how long it takes to cut a GPU anew.
//
// Calls follow each other on one GPU. Their times are FAR's measurements (plan/makespan/
// call_seconds.h) on A30, A100 and H100; on other chips A100's are taken, and that is assumed.
// With the GPU operator's mig-manager around them the calls hardly matter.
#pragma once

#include "lab/model/gpu.h"
#include "mig/layout.h"

namespace septet::lab {

// "3-5 minutes, disrupting GPU pods", a deployment recipe; 60 to 300: facts.md, 5.
inline constexpr double kMigManagerSeconds = 180.0;

// Seconds of the calls that destroy and create one instance of this profile.
Constant create_seconds(const GpuModel& gpu, const mig::GpuInstanceProfile& profile);
Constant destroy_seconds(const GpuModel& gpu, const mig::GpuInstanceProfile& profile);
// From one layout to the other; instances in both at the same place stay.
double calls_seconds(const GpuModel& gpu, const mig::Layout& from, const mig::Layout& to);

}  // namespace septet::lab
