// verify/check.h — is a certificate true? Checked from the domain model alone.
//
// Shares nothing with the solver: which profiles do for a workload, which layouts a GPU can have
// beside what it holds, and every sum are worked out here again, in whole numbers and fractions.
// A true certificate means: every placement is legal beside what stays, supply is kept, every
// replica has an instance that does for it on a product that it may run on, none is on a GPU with
// another that it must not meet, and no plan for this fleet can cost less than the
// bound (or, verdict impossible: there is none).
// Why prices prove a bound: each replica pays its price to the layout that carries it. No layout of
// a pool collects more than a GPU's cost plus that GPU's price; all of them are visited. So all
// replicas together pay at most the cost of the plan and the prices of the GPUs there are. A
// workload whose replicas keep apart pays a layout once at most.
#pragma once

#include <string>
#include <vector>

#include "verify/certificate.h"
#include "verify/objection.h"

namespace septet::verify {

struct Verdict {
  std::vector<Objection> objections;  // empty: true as claimed; at most 20 are collected
  // What was looked at.
  std::uint64_t gpus_cut = 0, gpus_held = 0, instances_held = 0, replicas = 0;
  std::size_t layouts_priced = 0, products = 0;
  Fraction bound;           // recomputed, thousandths
  std::uint64_t least = 0;  // that a plan can cost: the bound rounded up to what costs can be
  bool holds() const { return objections.empty(); }
};

Verdict check(const Certificate& certificate);

}  // namespace septet::verify
