// lab/model/memory_fit.h — does it fit: weights, activations and contexts in what an instance or a
// GPU leaves usable.
//
// Source. reference/performance/model.md, 1: usable is 0.95 of nominal; NVIDIA's A100-80GB slices
//         show exactly that (9728 of 10240 MiB). Where the driver is known to give less, that
//         counts.
#pragma once

#include "lab/model/gpu.h"
#include "lab/model/work.h"

namespace septet::lab {

inline constexpr double kUsable = 0.95;
// Of every process with a CUDA context: 0.3 to 0.6 GB, background knowledge, nobody's table.
inline constexpr double kContextMib = 450.0;

double usable_mib(const mig::Product& product);  // of the whole GPU without MIG
double usable_mib(const mig::Product& product, const mig::GpuInstanceProfile& profile);
// What one process with this work takes.
double resident_mib(const Work& work);

}  // namespace septet::lab
