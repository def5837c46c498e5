// plan/plan_node.h — from workloads and a snapshot of a node to the steps that make room for them.
//
// Right-sizes every workload for every kind of GPU on the node, packs the replicas, and compares
// the result with what is there. GPUs that cannot be used are named with the reason.
//
// Errors. kNotSupported: no GPU here can be cut; more than kMostApart workloads keep apart.
// Workloads that do not fit are no error here: the
//         answer says which, and `packing.complete` is false.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "mig/node.h"
#include "plan/diff.h"
#include "plan/pack.h"
#include "plan/right_size.h"
#include "plan/serve/plan_services.h"
#include "plan/workload.h"

namespace septet::plan {

struct PlanOptions {
  // Instances in use belong to somebody else: plan beside them. Otherwise one that matches a
  // workload counts as that workload's own, so that a second plan after the workloads started has
  // nothing to do.
  bool beside_running = false;
};

// GPUs with the same geometry; where a workload names products, of the same product too.
struct Kind {
  std::string name;  // "NVIDIA H100 80GB HBM3"
  // The driver's answers; of a simulated node the tables they come from, which know what is an
  // estimate.
  const mig::Geometry* geometry = nullptr;
  std::shared_ptr<const mig::OwnedGeometry> owner;  // of the driver's
  // Told apart where workloads name products; nullptr: of none in septet's tables.
  const mig::Product* product = nullptr;
};

struct Sized {
  Workload workload;
  std::vector<std::optional<Sizing>> by_kind;
  std::optional<Error> misfit;  // it fits no kind: why, for the last kind
};

struct UnusableGpu {
  std::uint32_t gpu = 0;
  std::string why;
};

struct NodePlan {
  std::vector<Kind> kinds;
  std::vector<Sized> workloads;          // in order of priority; measured ones by size
  std::optional<ServicesPlan> services;  // how many of which size; nullopt: none was measured
  std::vector<UnusableGpu> unusable;
  std::vector<unsigned> kind_of;  // by bin of `packing`
  Packing packing;
  Plan plan;  // empty unless packing.complete

  bool fits() const { return packing.complete; }
};

Result<NodePlan> plan_node(const mig::Node& node, std::vector<Workload> workloads,
                           PlanOptions options);

}  // namespace septet::plan
