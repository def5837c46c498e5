// plan/transition/transition.h — from one deployment to another without a service going below its
// floor, in steps that may overlap wherever nothing speaks against it.
//
// Model.  A replica counts from the end of the step that starts it until the beginning of the step
//         that ends it. A step may begin when the steps it comes `after` have ended; any order and
//         any overlap that respects that keeps every GPU's instances a legal layout and every
//         service at or above its floor, at every moment.
// Goal.   The fewest starts of replicas (each one loads a model). Exact where the deployments are
//         small or the quick way meets the bound; otherwise with a proven lower bound.
// Time.   On one GPU the driver makes and unmakes instances one after the other, and models are
//         loaded one after the other (one link); GPUs do not wait for each other but where a step
//         comes after another.
// Errors. Those of check(). kInfeasible: there is no way, proven, or none was found.
// Source. The problem: MIG-Serving's transitions (arXiv 2109.11067), which moves by exchange and
//         compact; what is new is that the order is partial and that the bounds are told.
#pragma once

#include <optional>
#include <vector>

#include "plan/cut.h"
#include "plan/transition/deployment.h"

namespace septet::plan {

enum class TransitionKind : std::uint8_t {
  kCreate,    // an instance, and what runs in it
  kDelete,    // both
  kMove,      // a replica, to an instance that is made for it, away from one that goes
  kHandOver,  // an instance that stays, from one service to another
};
std::string_view to_string(TransitionKind kind);  // "create", "hand over"

struct ReplicaPlace {
  std::size_t gpu = 0;
  RunningReplica replica;
  friend bool operator==(const ReplicaPlace&, const ReplicaPlace&) = default;
};

struct TransitionStep {
  TransitionKind kind = TransitionKind::kCreate;
  std::optional<ReplicaPlace> from,
      to;                           // what ends (all but kCreate), what starts (all but kDelete)
  std::vector<std::size_t> after;   // smaller than its own number
  bool temporary = false;           // starts what the last deployment does not have
  double begins = 0.0, ends = 0.0;  // seconds from the beginning
};

struct Transition {
  std::vector<TransitionStep> steps;
  unsigned kept = 0;                      // replicas that nobody touches
  unsigned starts = 0, least_starts = 0;  // least: no transition has fewer
  // Longest row of starts and ends that wait in turn; least: no transition with as few starts has
  // a shorter one.
  unsigned chain = 0, least_chain = 0;
  double seconds = 0.0, least_seconds = 0.0;
  std::size_t spares_used = 0;

  bool fewest() const { return starts == least_starts; }  // proven
};

struct TransitionEffort {
  std::size_t most_states = 200'000;  // of the exact search; 0: none
  std::size_t most_gpus = 16;         // it is not tried on more
  std::size_t most_orders = 32;       // in which the quick way looks at the GPUs, for short chains
};

Result<Transition> plan_transition(const TransitionProblem& problem,
                                   const TransitionEffort& effort = {});

// ---- for apply

// How a GPU is to be cut after a step, one after the other: each differs in one instance from what
// the GPU had before. A move comes twice, a hand over not at all.
struct CutAfterStep {
  std::size_t step = 0, gpu = 0;
  std::vector<mig::Instance> instances;  // by start
};
std::vector<CutAfterStep> cuts_in_order(const TransitionProblem& problem,
                                        const Transition& transition);
// As plan::diff takes it, MIG mode on; `index` and `uuid` are the GPU's on its node.
GpuCut gpu_cut(const CutAfterStep& after, std::uint32_t index, std::string uuid);

}  // namespace septet::plan
