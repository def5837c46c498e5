// plan/fleet/counting_bounds.h — every counting argument that limits what GPUs of one product hold.
//
// A bound weighs the classes so that no legal layout weighs more than `most`; then G GPUs hold at
// most G * most. The bounds returned are all that are needed: a demand obeys them for G exactly if
// it is a mixture of layouts, because they are the facets of the layouts' convex hull (the vertices
// of its antiblocking polar, found by the double description method in whole numbers). A 7-slice
// board has seven: memory units / 8, compute slices / 7, "half a GPU" / 2 and so on; a sentence of
// each is `to_words`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "plan/fleet/fillings.h"

namespace septet::plan {

struct CountingBound {
  std::vector<std::int64_t> weight;  // by class
  std::int64_t most = 1;             // that the classes of one GPU weigh together
};

// Of GPUs that hold nothing. `fillings` are the fullest of the product.
std::vector<CountingBound> counting_bounds(std::size_t classes,
                                           const std::vector<Filling>& fillings);

// "compute slices, 7 a GPU"; "1x 3g.40gb, 2x 4g.40gb ..., at most 4 a GPU".
std::string to_words(const CountingBound& bound, const mig::Geometry& geometry,
                     const std::vector<PackingClass>& classes);

}  // namespace septet::plan
