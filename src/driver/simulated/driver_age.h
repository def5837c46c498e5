// driver/simulated/driver_age.h — which driver came when: CUDA version, and the first that cuts a
// product.
#pragma once

#include <cstdint>

#include "mig/driver_version.h"
#include "mig/product.h"

namespace septet::driver::simulated {

// 12080 for 12.8: the CUDA version that a driver branch brings.
std::uint32_t cuda_version_of(const mig::DriverVersion& driver);

// The first driver branch that supports MIG on this product.
unsigned first_driver_of(const mig::Product& product);

}  // namespace septet::driver::simulated
