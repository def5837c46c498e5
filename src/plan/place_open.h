// plan/place_open.h — every way to settle on profiles where a wish leaves them open.
#pragma once

#include <functional>

#include "plan/place.h"

namespace septet::plan {

// Calls `visit` with `wanted` once per choice that the memory units and slices of one GPU can hold,
// nothing left open in it; instances that are alike are told apart no further. The smallest
// profiles come first.
void visit_choices(const mig::Geometry& geometry, const Wanted& wanted,
                   const std::function<void(const Wanted&)>& visit);

// `wanted` with the smallest profile for everything open, whether or not that fits.
Wanted smallest_choice(const Wanted& wanted);

}  // namespace septet::plan
