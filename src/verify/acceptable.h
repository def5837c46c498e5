// verify/acceptable.h — does a profile do for a workload? The rules of right-sizing, written again.
#pragma once

#include "mig/product.h"
#include "verify/certificate.h"

namespace septet::verify {

// May it run on this product? Where it names none, on any.
bool allowed(const mig::Product& product, const WorkloadClaim& workload);

// Named: that profile, also under the name another driver gives it. By needs: memory less what the
// driver keeps, SMs, a share of the largest profile's SMs, slices and engines all suffice; a number
// that nobody knows does not; graphics profiles only when named.
bool acceptable(const mig::Geometry& geometry, const mig::GpuInstanceProfile& profile,
                const WorkloadClaim& workload);

}  // namespace septet::verify
