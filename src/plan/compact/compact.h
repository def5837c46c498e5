// plan/compact/compact.h — occupied GPUs of one product, to the fewest that hold everything; then
// the least memory moved; then a short chain of moves.
//
// Units.  Memory moved in memory units (8 on a 7-slice board) and, where the tables know the
//         profiles, MiB.
// Shapes. A *group* is GPUs that hold the same. What stays, stays on its GPU and in its place; what
//         may move keeps its profile and goes to any GPU of the product, or to another place on its
//         own. A fleet of several products is one compaction for each: an instance has no
//         counterpart on another product.
// Model.  Fewest GPUs: counted in closed form (fleet/one_product.h) when everything may move, the
//         configuration program with what stays otherwise. Least memory: choose.h, its relaxation
//         is the flow bound. Chain: waves.h.
// Source. The problem and its three objectives: Turkkan et al., arXiv 2409.06646 (compaction,
//         sequential migrations).
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "mig/layout.h"
#include "plan/compact/reshapes.h"
#include "plan/compact/waves.h"
#include "plan/fleet/one_product.h"

namespace septet::plan {

// Together a legal layout.
struct OccupiedGpus {
  std::vector<mig::Instance> stays, may_move;
  std::uint64_t gpus = 0;
};

// GPUs of a group that are changed alike. `arrives` may name another profile of the same class;
// which one comes is said by the moves.
struct CompactedGpus {
  std::size_t group = 0;
  std::vector<mig::Instance> leaves, arrives;
  std::uint64_t gpus = 0;
  bool used = true;  // afterwards
};

struct InstanceMoves {
  const mig::GpuInstanceProfile* profile = nullptr;
  std::size_t from = 0, to = 0;  // into Compaction::rows
  mig::Placement from_at, to_at;
  std::uint64_t instances = 0;
  unsigned wave = 1;
  unsigned parked = 0;  // left in that wave already, for room beyond the plan; 0: moves directly
};

struct Compaction {
  // False: no better arrangement was found than what is there, and the bounds do not meet it.
  bool found = false;
  std::uint64_t gpus = 0;  // of all groups
  std::uint64_t used_before = 0;
  std::uint64_t used = 0;        // afterwards
  std::uint64_t used_bound = 0;  // fewer cannot hold it
  std::uint64_t moved_units = 0;
  // The flow bound: whoever uses that few GPUs moves at least so much.
  std::uint64_t moved_bound = 0;
  bool moved_searched_all = false;  // branch and bound found nothing less
  std::uint64_t moved_instances = 0, parked_instances = 0;
  std::uint64_t parked_gpus = 0;  // that must be spare while instances are parked
  std::uint64_t moved_mib = 0;
  bool mib_known = true;
  unsigned chain = 0;        // moves of which each waits for the one before
  unsigned chain_bound = 0;  // no order of these moves has shorter chains (waves.h)
  std::vector<CompactedGpus> rows;
  std::vector<InstanceMoves> moves;  // by wave

  bool fewest_proven() const { return used == used_bound; }
};

class Compactor {
 public:
  // Some milliseconds. `geometry` must outlive it.
  explicit Compactor(const mig::Geometry& geometry);

  const mig::Geometry& geometry() const { return product_.geometry(); }
  // solver_ready() (plan/linear_program.h) must have succeeded. Remembers what holdings can be
  // turned into, for the next call.
  Compaction compact(const std::vector<OccupiedGpus>& groups);

 private:
  const std::vector<Reshape>& reshapes(const Holding& holding);

  OneProduct product_;
  PlaceTable places_;
  std::map<Holding, std::vector<Reshape>> reshapes_;
};

}  // namespace septet::plan
