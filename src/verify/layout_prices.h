// verify/layout_prices.h — every layout that a GPU can have beside what it holds, and what the
// dearest is worth.
#pragma once

#include <optional>
#include <vector>

#include "mig/layout.h"
#include "verify/certificate.h"

namespace septet::verify {

// By row of the geometry: the price of the dearest workload that the profile does for; 0: of none.
// nullopt: two prices are too large to be compared exactly.
std::optional<std::vector<Fraction>> slot_prices(const mig::Geometry& geometry,
                                                 const Certificate& certificate,
                                                 const std::vector<Fraction>& replica_prices);

struct Dearest {
  mig::Layout layout;  // what it adds
  Fraction worth;
  std::size_t visited = 0;  // layouts, the one that adds nothing included
};
// nullopt: a sum had no room.
std::optional<Dearest> dearest_layout(const mig::Geometry& geometry, const mig::Layout& held,
                                      const std::vector<Fraction>& slot_prices);

}  // namespace septet::verify
