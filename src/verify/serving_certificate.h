// verify/serving_certificate.h — a plan for measured services with its proof, as the document says
// it: nothing believed yet.
//
// Form (JSON; septet plan --product ID FILE --certificate writes it):
//   septet_certificate: 1
//   kind: "serving"
//   verdict: "fits"
//   product: "a100-80gb"
//   services: in the order of the plan's file, each
//       {name, rate: "1264", latency_allowed_ms: "108", needs: {...},
//        options: [{profile, batch, processes, per_second: "412.097", latency_ms: "78", modelled}]}
//         (latency_allowed_ms and needs where it has them; the option of a profile at which it
//          gives most there, no profile twice), or
//       {name, replicas, profile or needs, size: "3g.40gb"}, which takes that many instances
//   layouts: [{holds: ["4g.40gb@0", ...], gpus}]
//   placed: [{service, profile, instances}]
//   gpus: 12
//   prices: {size: {"1g.10gb": "P/Q", ...}, service: {NAME: "P/Q", ...}}      in GPUs
//         size: what one instance is worth; no layout of a GPU more than 1 in all
//         service: what its cheapest instances cost at these; it may say less than that
//   bound_gpus: "P/Q"    the sum of the services' prices: no plan uses fewer GPUs
//   gap_gpus: 0          gpus less the bound, rounded up to a whole GPU
//   searched_least_gpus: 13   only where an exhaustive search showed more than the prices do
// Units.  Rates and latencies are decimals of at most six places, the numbers that were planned
//         with: rates are rounded up to a millionth, what an instance gives is rounded down.
// Errors. kInvalidArgument: a member is missing or of the wrong kind, with its JSON pointer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "verify/certificate.h"
#include "verify/located_json.h"

namespace septet::verify {

struct SizeOption {
  std::string profile;
  std::uint64_t batch = 1, processes = 1;
  std::uint64_t per_second = 0;  // millionths
  std::uint64_t latency_ms = 0;  // millionths
  bool modelled = false;
};

struct ServiceClaim {
  WorkloadClaim workload;  // name and needs; replicas and profile of one that is not measured
  bool measured = false;
  std::uint64_t rate = 0;                        // millionths; of replicas, where not measured
  std::optional<std::uint64_t> latency_allowed;  // millionths of a millisecond
  std::vector<SizeOption> options;               // where not measured: one, which gives 1
};

struct CutClaim {
  std::uint64_t gpus = 0;
  std::vector<std::string> holds;
};

struct ServedClaim {
  std::string service, profile;
  std::uint64_t instances = 0;
};

struct NamedPrice {
  std::string name;
  Fraction price;  // of one GPU
};

struct ServingCertificate {
  std::string product;
  std::vector<ServiceClaim> services;
  std::vector<CutClaim> layouts;
  std::vector<ServedClaim> placed;
  std::uint64_t gpus = 0, gap = 0;
  std::vector<NamedPrice> size_prices, service_prices;
  Fraction bound;
  std::optional<std::uint64_t> searched_least;
};

Result<ServingCertificate> read_serving_certificate(const LocatedJson& root);

}  // namespace septet::verify
