// lab/sharing/simulate.h — what a scenario comes to under one mode of sharing, and under all.
//
// A discrete-event simulation of requests and training steps with the rules of model/. Each replica
// is one process that serves one request at a time, first come first served: bytes to the device,
// compute, bytes back. The same seed gives the same bytes; every mode sees the same arrivals.
//
// whole GPU        one replica per GPU
// time-slicing     turns of one quantum between replicas that have work; simulated turn by turn in
//                  runs up to kTurnByTurnSeconds, in longer ones as an equal division of time
// MPS              all at once; times follow from who is running and change when that changes
// MIG              an instance each: the scenario's, the tenant's profile, or the smallest that
//                  meets the objective; tenants without one then get what is left
// MIG + MPS        the fewest GPUs: several tenants in one instance
// Where a scenario's replicas do not fit the memory of one GPU, sharing takes as many as it needs.
//
// Limits. No batching across requests, no pipelining of transfers with compute in one process. A
//         request in flight when its process dies is lost, as are those that come while it is down;
//         training loses the step under way (a checkpoint per step is assumed).
// Errors. kInvalidArgument: a scenario that makes no sense. A mode that cannot run the scenario is
//         an answer: ModeOutcome::impossible.
#pragma once

#include "lab/model/fault_rules.h"
#include "lab/sharing/outcome.h"

namespace septet::lab {

inline constexpr double kTurnByTurnSeconds = 3600.0;

struct SimulateOptions {
  // Time-slicing and MPS: spread over so many GPUs. MIG: use at most so many. nullopt: the fewest.
  std::optional<unsigned> gpus;
  RecoveryCosts recovery;
  bool pictures = true;      // fill timeline and utilization
  bool victim_alone = true;  // the second run, without the neighbours
  // A run that cannot meet the objectives ends where that is certain; then only
  // ModeOutcome::meets_objectives tells anything.
  bool until_missed = false;
  bool totals = true;  // energy, and how much of the GPUs was busy; else 0
};

Result<ModeOutcome> simulate(const Scenario& scenario, Mode mode,
                             const SimulateOptions& options = {});
// For every mode of the scenario and every kind of fault: of the culprits of the planned faults of
// that kind, else of the first tenant that is not the victim.
Result<std::vector<FaultRow>> fault_matrix(const Scenario& scenario,
                                           const SimulateOptions& options = {});
Result<Comparison> compare(const Scenario& scenario, const SimulateOptions& options = {});

}  // namespace septet::lab
