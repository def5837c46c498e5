// plan/keep_compute.h — which compute instances of a GPU instance may stay when others are wanted
// in it.
//
// Exact: every way to put the wanted ones on the slices is looked at (at most 8 slices). Kept first
// those in use, then as many as possible; never so that another wanted one finds no room.
// Units.  Placements in slices of the GPU instance.
#pragma once

#include <optional>
#include <vector>

#include "plan/cut.h"

namespace septet::plan {

struct HeldCompute {
  std::uint32_t profile_id = 0;
  mig::Placement at;
  bool busy = false;
};

struct ComputeKeep {
  unsigned busy = 0, kept = 0;
  // What to ask for, in the order of creation. A place that the request leaves open stays open when
  // the driver's own choice leads there; otherwise it is fixed here.
  std::vector<ComputeCut> cuts;
};

// nullopt: what is wanted does not fit in a GPU instance of this profile, whatever is there now.
std::optional<ComputeKeep> keep_compute(const mig::GpuInstanceProfile& profile,
                                        mig::Architecture architecture,
                                        const std::vector<HeldCompute>& held,
                                        const std::vector<ComputeCut>& wanted);

}  // namespace septet::plan
