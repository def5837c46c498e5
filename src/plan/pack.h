// plan/pack.h — replicas onto the GPUs of one node: the fewest GPUs, disturbing the least.
//
// Order of importance: everything placed; instances that are there and match are used before new
// ones are made; fewest GPUs; fewest mode changes; fewest idle instances destroyed. Instances in
// use are never destroyed. Demands that keep apart share no GPU. Exact (pack_search.h) unless
// `proven` says otherwise. When not everything fits: as many replicas as fit, workload by workload
// in their order.
//
// Limits. kMostApart demands that keep apart: each is told from all others on every GPU.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mig/layout.h"
#include "plan/place.h"

namespace septet::plan {

inline constexpr std::size_t kMostApart = 12;

struct Bin {
  std::uint32_t gpu = 0;
  unsigned kind = 0;       // into PackRequest::kinds
  unsigned mode_cost = 0;  // 0: MIG is on; 1: must be turned on; 2: and needs a reset
  std::vector<Held> held;  // profiles of its kind's geometry
};

struct Demand {
  unsigned replicas = 0;
  std::vector<const mig::GpuInstanceProfile*> profiles;  // by kind; nullptr: cannot run there
};

struct PackRequest {
  std::vector<const mig::Geometry*> kinds;
  std::vector<Bin> bins;
  std::vector<Demand> demands;
  // No GPU carries replicas of both; (d, d): none carries two of d. Others that already run on the
  // node are nobody's here.
  std::vector<std::pair<std::size_t, std::size_t>> apart = {};
  std::uint64_t budget = 2'000'000;  // tries of an option, before the best so far has to do
};

struct Replica {
  std::size_t demand = 0;
  unsigned number = 0;  // 0, 1, 2 ... within its demand
  friend bool operator==(const Replica&, const Replica&) = default;
};

struct PackedInstance {
  mig::Instance instance;
  bool kept = false, busy = false;  // was there; and is in use
  std::optional<Replica> replica;   // nullopt: not needed, left alone
};

struct PackedBin {
  std::uint32_t gpu = 0;
  bool used = false;                      // carries a replica
  std::vector<PackedInstance> instances;  // all of the GPU afterwards, by start
  std::vector<mig::Instance> destroyed;   // idle ones in the way
};

struct Packing {
  bool complete = false;         // every replica has a place
  bool proven = true;            // no better packing exists; false: the search was cut short
  std::vector<unsigned> placed;  // replicas with a place, by demand
  std::vector<PackedBin> bins;   // in the order of the request; empty unless complete
  unsigned gpus = 0;             // that carry a replica
  unsigned created = 0, destroyed = 0;
  unsigned fewest = 0;   // GPUs that the same replicas need on a node that holds nothing
  unsigned bound = 0;    // proven least by counting alone
  std::string argument;  // "37 memory units are asked for, one GPU holds 8"
};

Packing pack(const PackRequest& request);

}  // namespace septet::plan
