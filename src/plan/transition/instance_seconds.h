// plan/transition/instance_seconds.h — how long a driver takes to make and unmake a GPU instance.
//
// Source. Measured on A30, A100 and H100 by the authors of FAR (JPDC 2025,
//         10.1016/j.jpdc.2025.105128), constants of their scheduler's code
//         (artecs-group/RL_MIG_scheduler at b5c1b9c).
#pragma once

#include "mig/product.h"

namespace septet::plan {

struct InstanceSeconds {
  double create = 0.0, destroy = 0.0;
  bool measured = false;  // on this board; otherwise the nearest of the three that were
};

// By the number of slices; a size that was not measured counts as the next larger one that was.
// Boards after Hopper are taken to be as H100.
InstanceSeconds instance_seconds(const mig::Product& product,
                                 const mig::GpuInstanceProfile& profile);

}  // namespace septet::plan
