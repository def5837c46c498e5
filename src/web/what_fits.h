// web/what_fits.h — what more can be made on a GPU, what lies idle there for want of a place. Pure.
//
// Units.  Memory units and compute slices of the geometry.
// Cost.   One layout is worked out once: why a profile does not fit takes an enumeration of every
//         layout (plan/explain.h), so answers are kept by geometry and layout (WhatFits).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "mig/layout.h"
#include "mig/node.h"

namespace septet::web {

struct Fit {
  // Its profile pointers are into the geometry it was worked out for, which may be gone: not kept.
  struct Profile {
    std::string name;
    std::uint32_t id = 0;
    unsigned more = 0;         // in the best case
    std::uint16_t starts = 0;  // bit i set <=> one may be made at memory unit i now
    std::string why;           // why none; empty when one fits
  };
  unsigned free_slices = 0, free_units = 0,
           stranded_slices = 0;  // as metrics/free_space.h has them
  std::uint16_t stranded_units = 0;
  double fragmentation = 0;
  std::vector<Profile> profiles;  // every one, in the geometry's order
};
Fit work_out_fit(const mig::Geometry& geometry, const mig::Layout& layout);

// Keeps what was worked out for the layouts seen lately. One caller at a time.
class WhatFits {
 public:
  // nullptr: the GPU cannot be cut, or is cut in a way its geometry calls illegal.
  std::shared_ptr<const Fit> of(const mig::Gpu& gpu);

 private:
  std::map<std::string, std::shared_ptr<const Fit>> known_;  // by geometry and layout
};

}  // namespace septet::web
