// partition/choose_slice.h — which slice does a program get that wants one now?
//
// A free one of the profile, if there is: idle, whole (one compute instance that fills it), and
// nobody's lease. Else one is cut where it costs least room: on the GPU, and at the place, after
// which the most (profile, start) pairs stay possible compared with before; what is there stays.
// Pure. Errors. kInvalidArgument: no such profile. kBusy: it would fit, once somebody lets go.
//         kInfeasible: no GPU here can be cut so.
#pragma once

#include <optional>
#include <string>

#include "mig/node.h"
#include "plan/diff.h"

namespace septet::partition {

struct SliceWish {
  std::string profile;               // "1g.10gb"
  std::optional<std::uint32_t> gpu;  // only this one
};

struct ChosenSlice {
  std::uint32_t gpu = 0;
  plan::InstanceCut cut;  // what and where; the compute instance's UUID where it is there
  plan::Plan plan;        // without steps: it is there
};

// `node` with the holders of leases (add_lease_holders).
Result<ChosenSlice> choose_slice(const mig::Node& node, const SliceWish& wish);

}  // namespace septet::partition
