// verify/serving_prices.h — do the prices of a serving certificate prove its bound?
//
// Every legal layout of the product is priced; every service's price is put to the question whether
// whole instances carry it for less (cheaper_cover.h).
// Limits. Prices with a common denominator of at most 10^15; a million steps for one service, ten
//         million for all of them: what is not decided by then is objected to.
#pragma once

#include <optional>
#include <vector>

#include "mig/product.h"
#include "verify/objection.h"
#include "verify/serving_certificate.h"

namespace septet::verify {

struct ServingPrices {
  std::vector<Objection> objections;
  std::size_t layouts_priced = 0;
  std::optional<Fraction> bound;  // the sum of the services' prices, when they could be added
};

// The services' options are profiles of `geometry`, each of which gives something.
ServingPrices check_serving_prices(const mig::Geometry& geometry,
                                   const ServingCertificate& certificate);

}  // namespace septet::verify
