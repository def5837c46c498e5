// verify/layout_prices.h — every layout that a GPU can have beside what it holds, and what the
// dearest is worth.
#pragma once

#include <optional>
#include <vector>

#include "mig/layout.h"
#include "verify/certificate.h"

namespace septet::verify {

// What workloads pay for an instance, by row of the geometry.
struct SlotPrices {
  std::vector<Fraction> dearest;  // of those that may share a GPU with themselves; 0: of none
  // Those that may not: each pays for one instance of a GPU at most.
  struct Once {
    Fraction price;
    std::vector<bool> does;  // by row
  };
  std::vector<Once> once;
};
// nullopt: two prices are too large to be compared exactly.
std::optional<SlotPrices> slot_prices(const mig::Product& product, const Certificate& certificate,
                                      const std::vector<Fraction>& replica_prices);

struct Dearest {
  mig::Layout layout;  // what it adds
  Fraction worth;
  std::size_t visited = 0;  // layouts, the one that adds nothing included
};
// nullopt: a sum had no room.
std::optional<Dearest> dearest_layout(const mig::Geometry& geometry, const mig::Layout& held,
                                      const SlotPrices& slot_prices);

}  // namespace septet::verify
