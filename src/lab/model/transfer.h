// lab/model/transfer.h — how fast each of several transfers goes over the one link of a GPU.
//
// The link is shared by all, in every mode: MIG does not isolate it. Each transfer gets an equal
// part, but never more than its cap; what a capped one leaves goes to the others (max-min fair).
// A slice's cap is its share of the copy engines.
// Source. reference/performance/model.md, 2; copy engines per profile are the product's.
#pragma once

#include <span>

#include "lab/model/gpu.h"

namespace septet::lab {

// Bytes per second that an instance of this profile can move at most; the whole link when the
// copy engines are not known.
double link_cap(const GpuModel& gpu, const mig::GpuInstanceProfile& profile);
double link_bytes_per_second(const GpuModel& gpu);
// Bytes per second for each; `caps` in the same unit.
void share_link(double whole, std::span<const double> caps, std::span<double> rates);

}  // namespace septet::lab
