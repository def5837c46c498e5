// verify/check_serving.h — is a certificate for a serving plan true? Checked from the domain model
// alone.
//
// Shares nothing with the solver. A true certificate means: every layout is legal, there are as
// many instances as the services take, every rate is reached by them (in whole millionths), and no
// plan that uses the sizes listed, each giving what is written, does with fewer GPUs than the
// bound. Why prices prove a bound: whatever a plan takes for a service costs at least its cheapest
// cover in whole instances, and a GPU, whose every legal layout is visited, is worth at most 1.
// What only the planner's exhaustive search showed is not checked, and said to be so.
#pragma once

#include <string>
#include <vector>

#include "verify/objection.h"
#include "verify/serving_certificate.h"

namespace septet::verify {

struct ServingVerdict {
  std::vector<Objection> objections;     // empty: true, but for what was not checked
  std::vector<std::string> not_checked;  // claims: "that 3 GPUs do not do: ..."
  // What was looked at.
  std::uint64_t instances = 0, measured = 0, modelled = 0;  // placed; options by where from
  std::size_t layouts_priced = 0;
  Fraction bound;           // the sum of the services' prices
  std::uint64_t least = 0;  // GPUs: the bound rounded up
  bool holds() const { return objections.empty(); }
};

ServingVerdict check_serving(const ServingCertificate& certificate);

}  // namespace septet::verify
