// verify/certificate.h — a fleet plan with its proof, as the document says it: nothing believed
// yet.
//
// Form (JSON; septet plan --certificate writes it, docs/planning.md explains it):
//   septet_certificate: 1
//   kind: "fleet" (older ones have none; "serving": verify/serving_certificate.h)
//   verdict: "fits" or "impossible"
//   pools: [{product, gpus, cost_thousandths, holds: ["3g.40gb@0", ...]}]
//   workloads: [{name, replicas, profile} or {name, replicas, needs: {memory_bytes, sms, slices,
//       compute_percent, decoders, jpeg, optical_flow}}; and where it has such terms
//       products: [ID, ...] that it may run on, anti_affinity: ["self"]]
//   layouts: [{pool, adds: ["4g.40gb@0", ...], gpus}]            (fits only)
//       with any anti-affinity also carries: [NAME, ...], the workload in each of adds
//   placed: [{workload, product, profile, replicas}]              (fits only)
//   cost_thousandths, gap_thousandths: whole numbers              (fits only)
//   prices: {replica: {NAME: "P/Q", ...}, gpu: ["P/Q", ...]}      by pool; thousandths
//   bound_thousandths: "P/Q"
// Errors. kInvalidArgument: not JSON, or a member is missing or of the wrong kind; the place is a
//         JSON pointer ("/layouts/3/gpus").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "verify/fraction.h"
#include "verify/located_json.h"

namespace septet::verify {

struct PoolClaim {
  std::string product;
  std::uint64_t gpus = 0;
  std::uint64_t cost = 0;  // thousandths
  std::vector<std::string> holds;
};

struct Needs {
  std::uint64_t memory_bytes = 0;
  double compute_percent = 0;
  std::uint64_t sms = 0, slices = 0, decoders = 0, jpeg = 0, optical_flow = 0;
};

struct WorkloadClaim {
  std::string name;
  std::uint64_t replicas = 0;
  std::string profile;  // empty: by needs
  Needs needs;
  std::vector<std::string> products;  // empty: any
  bool apart = false;                 // no two replicas on one GPU
};

struct LayoutClaim {
  std::uint64_t pool = 0, gpus = 0;
  std::vector<std::string> adds;
  std::vector<std::string> carries;  // workloads, one for each of adds; empty: not said
};

struct PlacedClaim {
  std::string workload, product, profile;
  std::uint64_t replicas = 0;
};

struct Priced {
  std::string workload;
  Fraction price;
};

struct Certificate {
  bool fits = false;  // else: proved impossible
  std::vector<PoolClaim> pools;
  std::vector<WorkloadClaim> workloads;
  std::vector<LayoutClaim> layouts;
  std::vector<PlacedClaim> placed;
  std::uint64_t cost = 0, gap = 0;  // thousandths
  std::vector<Priced> replica_prices;
  std::vector<Fraction> gpu_prices;
  Fraction bound;
};

// `name` stands for the document in complaints.
Result<Certificate> read_certificate(const std::string& name, std::string_view text);
Result<Certificate> read_fleet_certificate(const LocatedJson& root);
// {name, replicas, profile or needs}, and what is in needs.
Result<WorkloadClaim> read_workload_claim(const LocatedJson& value);
Result<Needs> read_needs_claim(const LocatedJson& value);

}  // namespace septet::verify
