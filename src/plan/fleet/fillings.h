// plan/fleet/fillings.h — which profiles of a product pack alike, and every way to fill a GPU that
// no other way covers.
//
// Profiles of the same width, starts and media budget are one *class*: for packing they cannot be
// told apart (1g.24gb and 1g.24gb+gfx). A *filling* counts what a GPU takes of each class beside
// what it holds. 44 fillings of a 7-slice board with +me, 28 without, 8 of an A30.
#pragma once

#include <cstdint>
#include <vector>

#include "mig/layout.h"

namespace septet::plan {

struct PackingClass {
  std::vector<const mig::GpuInstanceProfile*> profiles;  // never empty; the first stands for all
};

// In the order of the geometry's profiles.
std::vector<PackingClass> packing_classes(const mig::Geometry& geometry);
// The class of a profile of the same geometry.
std::size_t class_of(const std::vector<PackingClass>& classes,
                     const mig::GpuInstanceProfile* profile);

using ClassCount = std::vector<std::uint16_t>;  // by class

struct Filling {
  ClassCount added;                   // beside what is held
  std::vector<mig::Instance> placed;  // a legal way to place it, of the classes' first profiles
};

// Every multiset that fits beside `held` (which must be a legal layout), each with one way to place
// it; the empty one included.
std::vector<Filling> all_fillings(const mig::Geometry& geometry,
                                  const std::vector<PackingClass>& classes,
                                  const std::vector<mig::Instance>& held);
// Those that no other covers: enough for every question about what fits.
std::vector<Filling> fullest_fillings(const mig::Geometry& geometry,
                                      const std::vector<PackingClass>& classes,
                                      const std::vector<mig::Instance>& held);

}  // namespace septet::plan
